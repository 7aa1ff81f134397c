"""Agree to a large replay, or decline it: a second person's word, bound to the frozen selection.

What was frozen is judged anew by today's facts, for whoever asked and for whoever agrees; what they speak
against is left out, and its item says why.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject
from controlplane.foundation import clock
from controlplane.foundation.doorbell import ring_on_commit
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed
from controlplane.people.access import NOBODY, Access, Action, access_for
from controlplane.people.models import Account
from controlplane.transactions.models import Replay, ReplayItem, ReplayItemState, ReplayState
from controlplane.transactions.replay.plan import PlannedItem, judge
from controlplane.transactions.replay.queue import queue, refuse

#: What nobody has decided for so long has to be asked for anew: the world has moved on.
WAITS_FOR = timedelta(days=7)

UNSEEN = "It is not for the person who approved it to see."


@transaction.atomic
def approve_replay(access: Access, replay_id: int, decision: str) -> Replay:
    """Agree, judge everything anew, and queue what may still go.

    Raises :class:`NotAllowed` for the person who asked and without the right, :class:`Conflict` when it does not
    wait any more, :class:`Invalid` without a word.
    """
    replay = _undecided(access, replay_id, decision)
    waiting = _waiting(replay)
    plan = judge(access, waiting, also=[_access_of(replay.requested_by_id)])
    reasons = dict.fromkeys(waiting, UNSEEN) | {item.step_run_id: item.why_not for item in plan}
    refuse(replay.pk, {pk: why for pk, why in reasons.items() if why})
    replay.approved_by_id = UUID(access.person_id)
    replay.state = ReplayState.RUNNING
    _decide(replay, decision)
    agreed = [_as_frozen(item, waiting[item.step_run_id]) for item in plan if item.allowed]
    queued = queue(replay.pk, agreed, ReplayItemState.WAITING)
    if not queued:
        Replay.objects.filter(pk=replay.pk).update(state=ReplayState.DONE, finished_at=clock.now())
    _record(access, replay, "replay.approved", {"queued": queued, "left_out": len(waiting) - queued})
    ring_on_commit("deliver")
    return Replay.objects.get(pk=replay.pk)


@transaction.atomic
def decline_replay(access: Access, replay_id: int, decision: str) -> Replay:
    """Say no: nothing of it is sent, and the dead letters stay as they are."""
    replay = _undecided(access, replay_id, decision)
    refuse(replay.pk, dict.fromkeys(_waiting(replay), "Declined before it was sent."))
    replay.declined_by_id = UUID(access.person_id)
    replay.state, replay.finished_at = ReplayState.DECLINED, clock.now()
    _decide(replay, decision)
    _record(access, replay, "replay.declined", {})
    return replay


def why_not_approve(access: Access, replay: Replay) -> str:
    """Why this person does not decide about it, in words; empty when they may."""
    if access.person_id == str(replay.requested_by_id):
        return "You asked for it, so somebody else decides."
    if not access.may(Action.REPLAY, replay.team_id):
        return "Your role does not replay for this team."
    if clock.now() - replay.requested_at > WAITS_FOR:
        return f"It was asked for more than {WAITS_FOR.days} days ago; it has to be asked for anew."
    return ""


def _undecided(access: Access, replay_id: int, decision: str) -> Replay:
    replay = Replay.objects.select_for_update().get_visible_or_404(access, pk=replay_id)
    if access.person_id == str(replay.requested_by_id):
        raise NotAllowed("You asked for this replay, so somebody else decides about it. Nothing was changed.")
    access.require(Action.REPLAY, replay.team_id)
    if replay.state != ReplayState.PLANNED:
        raise Conflict(f"Replay {replay_id} is {replay.get_state_display().lower()}; nothing was changed.")
    if why := why_not_approve(access, replay):
        raise Conflict(f"{why} Nothing was changed.")
    if not decision.strip():
        raise Invalid("Say why: your word is kept with the replay.", field="reason")
    return replay


def _waiting(replay: Replay) -> dict[UUID, tuple[int, int]]:
    """The frozen step runs with their attempts and revisions, in their order."""
    rows = ReplayItem.objects.filter(replay=replay, state=ReplayItemState.WAITING).order_by("ordinal")
    return {
        run: (tries or 0, edits or 0) for run, tries, edits in rows.values_list("step_run_id", "attempts", "revision")
    }


def _as_frozen(item: PlannedItem, frozen: tuple[int, int]) -> PlannedItem:
    return item._replace(attempts=frozen[0], revision=frozen[1])


def _access_of(person_id: UUID) -> Access:
    """What whoever asked may do today; nothing, once all their accounts are closed."""
    account = Account.objects.filter(person_id=person_id, is_active=True).order_by("created_at").first()
    return access_for(account) if account is not None else NOBODY


def _decide(replay: Replay, decision: str) -> None:
    replay.decided_at, replay.decision = clock.now(), decision.strip()
    replay.save(update_fields=["state", "approved_by", "declined_by", "decided_at", "decision", "finished_at"])


def _record(access: Access, replay: Replay, action: str, details: dict[str, int]) -> None:
    audit.record(
        action,
        actor=access.actor,
        subject=Subject("replay", str(replay.pk)),
        reason=replay.decision,
        details={"requested_by": str(replay.requested_by_id), **details},
    )
