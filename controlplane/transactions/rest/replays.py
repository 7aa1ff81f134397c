"""Replays: planned, asked for, agreed to, followed, stopped, and taken away as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, ClassVar

from django.http import StreamingHttpResponse
from django.urls import reverse

from controlplane.audit.models import Via
from controlplane.audit.services import through
from controlplane.foundation import clock
from controlplane.foundation.streaming import csv_file
from controlplane.people.access import Access
from controlplane.people.rest.operations import Call, operation
from controlplane.people.rest.views import ApiView
from controlplane.transactions.models import Replay, ReplayItemState
from controlplane.transactions.replay.decide import approve_replay, decline_replay
from controlplane.transactions.replay.plan import PlannedItem
from controlplane.transactions.replay.request import Seen, approval_needed, preview, request_replay
from controlplane.transactions.replay.results import results_of
from controlplane.transactions.replay.stop import stop_replay
from controlplane.transactions.rest import asking, moments, replay_shapes
from controlplane.transactions.rest.selecting import selection
from controlplane.transactions.selectors import replays
from controlplane.transactions.selectors.replays import Progress

AREA = "Replays"


class ReplayPlans(ApiView):
    """Dry runs."""

    area: ClassVar[str] = AREA

    @operation(replay_shapes.PlanShape, takes=asking.Selection)
    def post(self, call: Call) -> dict[str, Any]:
        """What a replay would do, target by target, and what it would leave out and why; nothing is changed.

        Send `step_run_id`, `attempts` and `revision` of its items back as `seen`, and what has been tried or edited
        since then is left out, as is what was not in it.
        """
        return _plan(preview(call.access, selection(call.access, call.given).step_runs))


class Replays(ApiView):
    """All replays."""

    area: ClassVar[str] = AREA

    @operation(replay_shapes.ReplayPage, asks=asking.Page)
    def get(self, call: Call) -> dict[str, Any]:
        """Replays of one's teams, newest first, 50 a page."""
        found = replays.newest(call.access, below=moments.whole(call.asked.get("cursor")))
        last = str(found[-1][0].pk) if len(found) == replays.NEWEST else None
        return {"replays": [_shown(replay, progress) for replay, progress in found], "next": last}

    @operation(replay_shapes.ReplayShape, takes=asking.NewReplay, status=202, writes=True)
    def post(self, call: Call) -> dict[str, Any]:
        """Replay a selection, frozen at this moment.

        A large one, or one with many effects that do not repeat by themselves, is `planned` until a board has
        agreed to it.
        """
        chosen = selection(call.access, call.given)
        replay = request_replay(
            call.access,
            step_run_ids=chosen.step_runs,
            reason=call.given["reason"],
            query=chosen.query,
            seen=_seen(call.given.get("seen")),
        )
        return told(call.access, replay.pk)


class OneReplay(ApiView):
    """One replay."""

    area: ClassVar[str] = AREA

    @operation(replay_shapes.ReplayShape)
    def get(self, call: Call, replay_id: int) -> dict[str, Any]:
        """How far a replay is."""
        return told(call.access, replay_id)


class ReplayItems(ApiView):
    """Its items."""

    area: ClassVar[str] = AREA

    @operation(replay_shapes.ItemPage, asks=asking.WhichItems)
    def get(self, call: Call, replay_id: int) -> dict[str, Any]:
        """What became of every item, in the order in which they were chosen, 100 a page."""
        after = moments.whole(call.asked.get("cursor")) or 0
        state = ReplayItemState[call.asked["state"].upper()] if "state" in call.asked else None
        replay = replays.replay_for(call.access, replay_id)
        found = replays.items(call.access, replay, after=after, state=state)
        return {
            "items": [_item(one) for one in found],
            "next": str(found[-1].ordinal) if len(found) == replays.PAGE else None,
        }


class ReplayResults(ApiView):
    """Its results as a table."""

    area: ClassVar[str] = AREA

    @operation(None, content_type="text/csv")
    def get(self, call: Call, replay_id: int) -> StreamingHttpResponse:
        """Every item and what became of it, as CSV; of other teams' items only that there are some."""
        with through(Via.API):
            lines = results_of(call.access, replay_id)
        pieces = (piece.encode() for piece in lines)
        return csv_file(call.request._request, pieces, f"replay-{replay_id}.csv")  # noqa: SLF001 - Django's own request


class ReplayApprove(ApiView):
    """Agreeing."""

    area: ClassVar[str] = AREA

    @operation(replay_shapes.ReplayShape, takes=asking.Reason, writes=True)
    def post(self, call: Call, replay_id: int) -> dict[str, Any]:
        """Agree to a large replay, as another person than the one who asked; whatever token either uses."""
        approve_replay(call.access, replay_id, call.given["reason"])
        return told(call.access, replay_id)


class ReplayDecline(ApiView):
    """Saying no."""

    area: ClassVar[str] = AREA

    @operation(replay_shapes.ReplayShape, takes=asking.Reason, writes=True)
    def post(self, call: Call, replay_id: int) -> dict[str, Any]:
        """Decline a large replay: nothing of it is sent."""
        decline_replay(call.access, replay_id, call.given["reason"])
        return told(call.access, replay_id)


class ReplayStop(ApiView):
    """Stopping."""

    area: ClassVar[str] = AREA

    @operation(replay_shapes.ReplayShape, writes=True)
    def post(self, call: Call, replay_id: int) -> dict[str, Any]:
        """Withdraw what has not been sent; what is being sent ends by itself."""
        stop_replay(call.access, replay_id)
        return told(call.access, replay_id)


def told(access: Access, pk: int) -> dict[str, Any]:
    """A replay with its progress."""
    replay = replays.replay_for(access, pk)
    return _shown(replay, replays.progress(replay))


def _shown(replay: Replay, progress: Progress) -> dict[str, Any]:
    return {"replay": replay, "progress": progress, "results": reverse("api-replay-results", args=[replay.pk])}


def _item(item: replays.Item) -> dict[str, Any]:
    shown = {name: getattr(item, name) for name in item.__slots__}
    return shown if item.visible else shown | {"transaction_id": None, "step": ""}


def _seen(given: Sequence[dict[str, Any]] | None) -> Seen | None:
    return None if given is None else {one["step_run_id"]: (one["attempts"], one["revision"]) for one in given}


def _plan(plan: Sequence[PlannedItem]) -> dict[str, Any]:
    allowed = [item for item in plan if item.allowed]
    by_target = Counter((item.destination, item.title, item.repeats, item.holds) for item in allowed)
    reasons = Counter(item.why_not for item in plan if not item.allowed)
    return {
        "at": clock.now(),
        "total": len(plan),
        "allowed": len(allowed),
        "left_out": len(plan) - len(allowed),
        "approval": approval_needed(plan),
        "targets": [
            {"destination": destination, "title": title, "count": count, "holds": holds}
            | {"repeats": repeats.name.lower(), "meaning": repeats.value}
            for (destination, title, repeats, holds), count in by_target.most_common()
        ],
        "reasons": [{"reason": reason, "count": count} for reason, count in reasons.most_common()],
        "items": [_planned(item) for item in plan],
    }


def _planned(item: PlannedItem) -> dict[str, Any]:
    return item._asdict() | {"effect": item.effect.name.lower(), "repeats": item.repeats.name.lower()}
