"""Large replays as a kind of change: a board decides on the frozen selection, and the last vote sends it.

What was frozen is judged anew by today's facts and by what whoever asked may do today; what they speak against is
left out, and its item says why.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from django.urls import reverse

from controlplane.audit import services as audit
from controlplane.audit.models import Subject
from controlplane.foundation import clock
from controlplane.foundation.doorbell import ring_on_commit
from controlplane.foundation.errors import Conflict, Invalid, NotFound
from controlplane.governance.kinds import Applying, Content, Described, Kind
from controlplane.governance.models import ChangeRequest, ChangeState, Choice
from controlplane.governance.rules.changed import Affected, Changed, Impact, Level
from controlplane.governance.selectors import current_votes
from controlplane.people.access import ALL, NOBODY, Access, access_for
from controlplane.people.models import Account
from controlplane.people.roles import Action
from controlplane.transactions.models import DeadLetter, Replay, ReplayItem, ReplayItemState, ReplayState
from controlplane.transactions.replay.plan import PlannedItem, judge
from controlplane.transactions.replay.queue import queue, refuse

KIND = "replay"
#: What nobody has decided for so long has to be asked for anew: the world has moved on.
WAITS_FOR = timedelta(days=7)
GONE = "What it was about is not there any more."
CLOSED = "Its dead letter was closed without sending since this was asked for."
#: A board sees what it decides on; what whoever asked may do is asked of them.
_THE_BOARD: Final = Access(name="The board", reach=MappingProxyType({Action.SEE_TRANSACTIONS: ALL, Action.REPLAY: ALL}))


def content_of(replay: Replay, plan: Sequence[PlannedItem]) -> dict[str, Any]:
    """What is proposed: how many deliveries to where, and the digest of the frozen selection."""
    allowed = [item for item in plan if item.allowed]
    targets: dict[tuple[str, str, str, str], int] = {}
    for item in allowed:
        key = (item.destination, item.title, item.repeats.name.lower(), item.repeats.value)
        targets[key] = targets.get(key, 0) + 1
    return {
        "selection": _digest(replay.pk),
        "deliveries": len(allowed),
        "targets": [
            {"destination": destination, "title": title, "repeats": repeats, "meaning": meaning, "count": count}
            for (destination, title, repeats, meaning), count in targets.items()
        ],
    }


def change_of(replay: Replay) -> ChangeRequest | None:
    """The change request that decides on a replay."""
    found = ChangeRequest.objects.filter(kind=KIND, subject_kind="replay", subject_id=str(replay.pk))
    return found.select_related("current", "board").order_by("-pk").first()


def hold(replay: Replay) -> Replay:
    """The replay as it is once nobody else decides on it: the change's row is taken first, as every vote takes it."""
    if (change := change_of(replay)) is not None:
        ChangeRequest.objects.select_for_update(of=("self",)).filter(pk=change.pk).first()
    return Replay.objects.select_for_update(of=("self",)).get(pk=replay.pk)


def waiting(replay: Replay) -> dict[UUID, tuple[int, int]]:
    """The frozen step runs that wait, with their attempts and revisions, in their order."""
    rows = ReplayItem.objects.filter(replay=replay, state=ReplayItemState.WAITING).order_by("ordinal")
    return {
        run: (tries or 0, edits or 0) for run, tries, edits in rows.values_list("step_run_id", "attempts", "revision")
    }


def judged_now(replay: Replay) -> list[PlannedItem]:
    """What would be sent if the board agreed now, and what not and why: the same for all who decide."""
    plan = judge(_THE_BOARD, waiting(replay), also=[_access_of(replay.requested_by_id)])
    closed = set(
        DeadLetter.objects.filter(
            pk__in=[item.step_run_id for item in plan],
            resolved_at__gt=replay.requested_at,
            resolution__startswith="dropped",
        ).values_list("pk", flat=True)
    )
    return [
        item._replace(allowed=False, why_not=CLOSED) if item.allowed and item.step_run_id in closed else item
        for item in plan
    ]


def _replay(subject: Subject) -> Replay:
    number = subject.id if subject.id.isdecimal() and len(subject.id) < 19 else "0"  # noqa: PLR2004 - what the column holds
    found = Replay.objects.select_related("team").filter(pk=int(number)).first()
    if found is None:
        raise NotFound(f"There is no replay {subject.id!r}.")
    return found


def _describe(subject: Subject) -> Described:
    replay = _replay(subject)
    page = reverse("transactions:replay-page", args=[replay.pk])
    return Described(f"Replay {replay.pk}", replay.team_id, "", page)


def _validate(subject: Subject, content: Content) -> Mapping[str, Any]:
    replay = _replay(subject)
    if replay.state != ReplayState.PLANNED or not replay.needs_approval:
        raise Conflict(f"Replay {replay.pk} does not wait for a decision.")
    if content.get("selection") != _digest(replay.pk):
        raise Invalid("A replay's selection is frozen; ask for another replay instead.", field="content")
    return content


def _base(subject: Subject) -> Any:
    return {"selection": _digest(_replay(subject).pk)}


def _digest(replay_id: int) -> str:
    """Of what was chosen and how it was then; not of what has become of it."""
    rows = ReplayItem.objects.filter(replay_id=replay_id).order_by("ordinal")
    chosen = rows.values_list("step_run_id", "attempts", "revision")
    hashed = hashlib.sha256()
    for row in chosen.iterator():
        hashed.update(repr(row).encode())
    return hashed.hexdigest()


def _diff(_subject: Subject, content: Content, _base: Any) -> Sequence[Changed]:
    levels = {"unsafe": Level.BREAKING, "again": Level.RISKY, "looked_up": Level.RISKY}
    return [
        Changed(
            levels.get(one["repeats"], Level.SAFE),
            f"{one['count']:,} × {one['title']}",
            "",
            one["destination"],
            f"On repeat: {one['meaning']}.",
        )
        for one in content["targets"]
    ]


def _impact(_subject: Subject, content: Content) -> Impact:
    affected = [Affected(one["destination"], one["title"], "", one["count"]) for one in content["targets"]]
    places = len({one.name for one in affected})
    return Impact(f"{content['deliveries']:,} deliveries are sent again, to {places} destinations.", affected)


def _apply(applying: Applying) -> None:
    """Judge everything anew, and queue what may still go."""
    replay = Replay.objects.select_for_update().get(pk=_replay(applying.subject).pk)
    if replay.state != ReplayState.PLANNED:
        raise Conflict(f"Replay {replay.pk} is {replay.get_state_display().lower()}; nothing was changed.")
    frozen = waiting(replay)
    plan = judged_now(replay)
    reasons = dict.fromkeys(frozen, GONE) | {item.step_run_id: item.why_not for item in plan}
    refuse(replay.pk, {pk: why for pk, why in reasons.items() if why})
    replay.approved_by_id, replay.state = UUID(applying.approved_by[-1]), ReplayState.RUNNING
    _decide(replay, applying.words)
    agreed = [_as_frozen(item, frozen[item.step_run_id]) for item in plan if item.allowed]
    queued = queue(replay.pk, agreed, ReplayItemState.WAITING)
    if not queued:
        Replay.objects.filter(pk=replay.pk).update(state=ReplayState.DONE, finished_at=clock.now())
    _record(applying.access, replay, "replay.approved", {"queued": queued, "left_out": len(frozen) - queued})
    ring_on_commit("deliver")


def _closed(change: ChangeRequest, state: ChangeState, access: Access, words: str) -> None:
    """Declined, expired or taken back: nothing of it is sent, and the dead letters stay as they are."""
    replay = Replay.objects.select_for_update().filter(pk=_replay(change.subject).pk).first()
    if replay is None or replay.state != ReplayState.PLANNED:
        return
    said = {ChangeState.REJECTED: "Declined before it was sent.", ChangeState.EXPIRED: "Nobody decided in time."}
    refuse(replay.pk, dict.fromkeys(waiting(replay), said.get(state, "Taken back before anybody agreed to it.")))
    replay.finished_at = clock.now()
    against = current_votes(change).filter(choice=Choice.REJECT).last() if state is ChangeState.REJECTED else None
    replay.declined_by_id = against.person_id if against else None
    replay.state = ReplayState.DECLINED if against else ReplayState.STOPPED
    _decide(replay, words)
    _record(access, replay, "replay.declined" if against else "replay.stopped", {})


def _as_frozen(item: PlannedItem, frozen: tuple[int, int]) -> PlannedItem:
    return item._replace(attempts=frozen[0], revision=frozen[1])


def _access_of(person_id: UUID) -> Access:
    """What whoever asked may do today; nothing, once all their accounts are closed."""
    account = Account.objects.filter(person_id=person_id, is_active=True).order_by("created_at").first()
    return access_for(account) if account is not None else NOBODY


def _decide(replay: Replay, decision: str) -> None:
    replay.decided_at, replay.decision = clock.now(), decision
    replay.save(update_fields=["state", "approved_by", "declined_by", "decided_at", "decision", "finished_at"])


def _record(access: Access, replay: Replay, action: str, details: dict[str, int]) -> None:
    audit.record(
        action,
        actor=access.actor,
        subject=Subject("replay", str(replay.pk)),
        reason=replay.decision,
        details={"requested_by": str(replay.requested_by_id), **details},
    )


LARGE_REPLAY: Final = Kind(
    label="Large replay",
    needs=Action.REPLAY,
    sees=Action.SEE_TRANSACTIONS,
    describe=_describe,
    validate=_validate,
    base=_base,
    diff=_diff,
    impact=_impact,
    apply=_apply,
    closed=_closed,
    at_once=True,
    waits_for=WAITS_FOR,
)
