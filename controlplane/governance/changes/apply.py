"""Apply an approved change: what it does, its state and the audit in one transaction.

Refused when the subject changed underneath since the revision was written: what was approved was a step from there.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject, Via
from controlplane.foundation import clock
from controlplane.foundation.errors import Conflict, NotFound
from controlplane.governance.changes.locking import locked, require_owner, require_state
from controlplane.governance.changes.refusals import guarded
from controlplane.governance.kinds import Applying, kind_called
from controlplane.governance.models import (
    ChangeRequest,
    ChangeState,
    Check,
    CheckState,
    Choice,
    Condition,
)
from controlplane.governance.rules.content import hash_of
from controlplane.governance.selectors import current_votes
from controlplane.people.access import Access


@transaction.atomic
def apply(access: Access, change_id: int, *, via: Via = Via.PAGE) -> ChangeRequest:
    """Do what was approved. :class:`Conflict` says what is missing, or that the subject is not as it was."""
    change = locked(access, change_id)
    require_owner(access, change, kind_called(change.kind))
    require_state(change, ChangeState.APPROVED)
    if why := why_not_apply(change):
        raise Conflict(f"{why} Nothing was applied.")
    apply_now(access, change, "", via=via)
    return change


def why_not_apply(change: ChangeRequest) -> str:
    """What speaks against applying it now, in words; empty when nothing does."""
    if change.state != ChangeState.APPROVED:
        return f"It is {change.get_state_display().lower()}, and only what is approved is applied."
    if change.approved_until is not None and change.approved_until <= clock.now():
        return "Its approval is over; propose it again."
    checks = Check.objects.filter(revision=change.revision, required=True).exclude(state=CheckState.PASSED)
    if found := list(checks.order_by("pk")):
        listed = ", ".join(f"{one.title} ({one.get_state_display().lower()})" for one in found)
        return f"Required checks have not passed: {listed}."
    open_conditions = Condition.objects.filter(revision=change.revision, before=True, met_at=None)
    if found_conditions := list(open_conditions.order_by("pk")):
        listed = "; ".join(one.text for one in found_conditions)
        return f"Conditions are to be met before: {listed}."
    return _stale(change) or kind_called(change.kind).hinders(change)


def _stale(change: ChangeRequest) -> str:
    try:
        now = hash_of(kind_called(change.kind).base(change.subject))
    except NotFound as gone:
        return f"What it is about is not there any more: {gone.detail}"
    if now != change.revision.base_hash:
        return (
            f"Its subject has changed since version {change.revision.number} was written, so what was approved is not "
            "what would happen. Revise it on what there is now."
        )
    return ""


def apply_now(access: Access, change: ChangeRequest, words: str, *, via: Via = Via.PAGE) -> None:
    """The application itself, of a locked change that nothing speaks against."""
    kind = kind_called(change.kind)
    change.state, change.applied_at = ChangeState.APPLIED, clock.now()
    change.applied_by_id = UUID(access.person_id) if access.person_id else None
    change.closed_at = change.applied_at
    with guarded("Nothing was applied."):
        # First the state, by which the database decides whether it may be; then what it does.
        change.save(update_fields=["state", "applied_at", "applied_by", "closed_at"])
    kind.apply(Applying(change, change.revision, access, _approved_by(change), words))
    _mark_rolled_back(change)
    audit.record(
        "change.applied",
        actor=access.actor,
        via=via,
        subject=Subject("change", str(change.pk)),
        reason=change.why,
        details={
            "kind": change.kind,
            "subject": f"{change.subject_kind} {change.subject_id}",
            "revision": change.revision.number,
            "content_hash": change.revision.content_hash,
        },
    )


def _approved_by(change: ChangeRequest) -> tuple[str, ...]:
    votes = current_votes(change).filter(choice=Choice.APPROVE)
    return tuple(str(vote.person_id) for vote in votes)


def _mark_rolled_back(change: ChangeRequest) -> None:
    if change.rolls_back_id is not None:
        rolled = ChangeRequest.objects.filter(pk=change.rolls_back_id, state=ChangeState.APPLIED)
        rolled.update(state=ChangeState.ROLLED_BACK)
