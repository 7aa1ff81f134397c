"""Ask for a replay: a dry run says what each target will do, then the selection is frozen and queued.

A replay repeats a step run with the same idempotency key: a target that honours keys does nothing
twice, and for the others the connector looks up first. Once it has succeeded, steps that were skipped
because of it wait again and go on by themselves (``pipeline.advancing``). A large one, or one with many
unsafe effects, waits until a board has agreed to it (``replay.governed``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.db import connection, transaction

from connectors.messages import Effect
from controlplane.audit import services as audit
from controlplane.audit.models import Subject
from controlplane.foundation.doorbell import ring_on_commit
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed
from controlplane.governance.changes.propose import propose
from controlplane.people.access import Access
from controlplane.transactions.dead_letters.history import remember_replay
from controlplane.transactions.models import Replay, ReplayItemState, ReplayState
from controlplane.transactions.replay import statements
from controlplane.transactions.replay.governed import KIND, content_of
from controlplane.transactions.replay.plan import PlannedItem, judge
from controlplane.transactions.replay.queue import queue
from controlplane.transactions.search.personal import hidden

__all__ = ["MAX_ITEMS", "PlannedItem", "Seen", "approval_needed", "preview", "request_replay"]

MAX_ITEMS = 10_000

#: Step run → its attempts and its revision, as somebody saw them.
Seen = Mapping[UUID, tuple[int, int]]


def preview(access: Access, step_run_ids: Sequence[UUID]) -> list[PlannedItem]:
    """A dry run: one item for each step run that ``access`` can see, in the order asked; nothing is changed."""
    if len(step_run_ids) > MAX_ITEMS:
        raise Invalid(f"A replay takes up to {MAX_ITEMS} step runs; {len(step_run_ids)} were chosen.")
    return judge(access, step_run_ids)


def approval_needed(plan: Sequence[PlannedItem]) -> str:
    """Why a board has to agree to it, in words; empty when nobody has to."""
    allowed = [item for item in plan if item.allowed]
    unsafe = sum(item.effect is Effect.UNSAFE for item in allowed)
    if len(allowed) > settings.REPLAY_APPROVAL_ITEMS:
        return f"It sends {len(allowed):,} deliveries; above {settings.REPLAY_APPROVAL_ITEMS:,} a board decides."
    if unsafe > settings.REPLAY_APPROVAL_UNSAFE:
        most = settings.REPLAY_APPROVAL_UNSAFE
        return f"{unsafe:,} of its deliveries do not repeat by themselves; above {most:,} a board decides."
    return ""


@transaction.atomic
def request_replay(
    access: Access,
    *,
    step_run_ids: Sequence[UUID],
    reason: str,
    query: str = "",
    token: UUID | None = None,
    seen: Seen | None = None,
) -> Replay:
    """Freeze the selection, record who and why, and queue what may be replayed, or keep it until it is approved.

    ``token`` is the form's: sent again it gives the replay that there is, if that is of the same deliveries. ``query``
    is the search that found it, of which what is personal is not kept. ``seen`` is what the dry run showed: what was
    not in it is left out, and what has been tried or edited since; None where nobody looked at one. Raises
    :class:`Invalid` without a reason, :class:`NotAllowed` when nothing of it may be replayed by this person,
    :class:`Conflict` when nothing of it can, when it needs the word of a board and there is none, or when the form has
    asked for other deliveries before.
    """
    if not reason.strip():
        raise Invalid("Say why it is replayed: the reason is kept with it.", field="reason")
    if token is not None and (found := _of_token(access, token)) is not None:
        _check_same(access, found, step_run_ids)
        return found
    plan = [_as_seen(item, seen) for item in preview(access, step_run_ids)]
    allowed = [item for item in plan if item.allowed]
    if not allowed:
        raise _nothing(plan)
    why = approval_needed(plan)
    replay = _freeze(access, plan, reason.strip(), hidden(query), token, needs_approval=bool(why))
    queued = 0 if why else queue(replay.pk, allowed, ReplayItemState.QUEUED)
    if not why and not queued:
        raise Conflict("Somebody replayed all of it a moment before. Nothing was sent twice.")
    if why:
        _put_before_the_board(access, replay, plan, why)
    remember_replay(access, replay.pk, f"Replay {replay.pk}: {reason.strip()}")
    audit.record(
        "replay.proposed" if why else "replay.requested",
        actor=access.actor,
        subject=Subject("replay", str(replay.pk)),
        reason=reason.strip(),
        details={"items": len(plan), "queued": queued, "query": replay.query, "needs_approval": bool(why)},
    )
    ring_on_commit("deliver")
    return replay


def _put_before_the_board(access: Access, replay: Replay, plan: Sequence[PlannedItem], why: str) -> None:
    propose(
        access,
        KIND,
        Subject("replay", str(replay.pk)),
        content_of(replay, plan),
        title=f"Send {sum(item.allowed for item in plan):,} deliveries again",
        why="\n".join(filter(None, (replay.reason, replay.query and f"Found by: {replay.query}", why))),
    )


def _of_token(access: Access, token: UUID) -> Replay | None:
    """The replay that the same form has asked for already: a form that is sent twice at once waits for itself."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [(token.int >> 64) - (1 << 63)])
    return Replay.objects.filter(token=token, requested_by_id=UUID(access.person_id)).first()


def _check_same(access: Access, found: Replay, step_run_ids: Sequence[UUID]) -> None:
    """A form that is sent again with another selection asks for something that its replay does not do."""
    asked, items = set(step_run_ids), set(found.items.values_list("step_run_id", flat=True))
    # What this person cannot see was never among the items.
    if not items <= asked or preview(access, list(asked - items)):
        raise Conflict(
            f"This form has asked for replay {found.pk} already, of other deliveries. Nothing more was sent; "
            "go back and choose again."
        )


def _as_seen(item: PlannedItem, seen: Seen | None) -> PlannedItem:
    if seen is None or not item.allowed:
        return item
    if item.step_run_id not in seen:
        return item._replace(allowed=False, why_not="It was not in the dry run.")
    if seen[item.step_run_id] != (item.attempts, item.revision):
        return item._replace(allowed=False, why_not="It has been tried or edited since the dry run.")
    return item


def _nothing(plan: Sequence[PlannedItem]) -> NotAllowed | Conflict:
    why = plan[0].why_not if plan else "None of them exists, or they are not yours to see."
    if plan and all("role" in item.why_not for item in plan):
        return NotAllowed(f"Nothing was replayed. {why}")
    return Conflict(f"Nothing was replayed. {why}")


def _freeze(
    access: Access,
    plan: Sequence[PlannedItem],
    reason: str,
    query: str,
    token: UUID | None,
    *,
    needs_approval: bool,
) -> Replay:
    first = next(item for item in plan if item.allowed)
    replay = Replay.objects.create(
        team_id=first.team_id or 0,
        requested_by_id=UUID(access.person_id),
        reason=reason,
        query=query,
        total=len(plan),
        token=token,
        needs_approval=needs_approval,
        state=ReplayState.PLANNED if needs_approval else ReplayState.RUNNING,
    )
    replay.integrations.set({item.integration_id for item in plan if item.team_id is not None})
    taken = ReplayItemState.WAITING if needs_approval else ReplayItemState.QUEUED
    columns: list[list[Any]] = [
        [item.step_run_id for item in plan],
        [item.transaction_id for item in plan],
        [item.attempts for item in plan],
        [item.revision for item in plan],
        [int(taken if item.allowed else ReplayItemState.SKIPPED) for item in plan],
        [item.why_not for item in plan],
    ]
    with statements.cursor() as cursor:
        cursor.execute(statements.FREEZE, [replay.pk, *(orjson.dumps(column).decode() for column in columns)])
    return replay
