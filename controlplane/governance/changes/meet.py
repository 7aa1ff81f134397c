"""Say that a condition is met, with the evidence; nobody says so of a change that they wrote."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject, Via
from controlplane.foundation import clock
from controlplane.foundation.errors import Conflict, NotAllowed, NotFound
from controlplane.governance.changes.locking import locked, require_state
from controlplane.governance.changes.refusals import guarded
from controlplane.governance.changes.settle import apply_if_ready
from controlplane.governance.changes.writing import LONGEST_WORDS, words_of
from controlplane.governance.kinds import kind_called
from controlplane.governance.models import ChangeRequest, ChangeState, Condition
from controlplane.governance.selectors import author_ids, seats_open_to
from controlplane.people.access import Access


@transaction.atomic
def meet(access: Access, change_id: int, condition_id: int, evidence: str, *, via: Via = Via.PAGE) -> ChangeRequest:
    """Note the evidence of a condition of the current revision. :class:`NotAllowed` for authors and outsiders."""
    change = locked(access, change_id)
    condition = Condition.objects.filter(pk=condition_id, change=change, revision=change.revision).first()
    if condition is None:
        raise NotFound(f"{change} has no such condition on its current version.")
    require_state(change, ChangeState.PROPOSED, ChangeState.APPROVED, ChangeState.APPLIED)
    if why := why_not_meet(access, change):
        raise NotAllowed(f"{why} Nothing was changed.")
    if condition.met_at is not None:
        raise Conflict("It is met already. Nothing was changed.")
    condition.evidence = words_of(evidence, "evidence", LONGEST_WORDS)
    condition.met_by_id, condition.met_at = UUID(access.person_id), clock.now()
    with guarded("Nothing was changed."):
        condition.save(update_fields=["evidence", "met_by", "met_at"])
    if change.state == ChangeState.APPROVED:
        apply_if_ready(access, change, condition.evidence)
    audit.record(
        "change.condition_met",
        actor=access.actor,
        via=via,
        subject=Subject("change", str(change.pk)),
        reason=condition.evidence,
        details={"condition": condition.pk, "text": condition.text[:500]},
    )
    return change


def why_not_meet(access: Access, change: ChangeRequest) -> str:
    """Why this person does not say that a condition is met; empty when they may."""
    if not access.person_id:
        return "Nobody is signed in."
    person = UUID(access.person_id)
    if person in author_ids(change):
        return "You wrote this change; somebody else confirms its conditions. Put your evidence in a comment."
    if access.may(kind_called(change.kind).needs, change.team_id) or seats_open_to(person, change, clock.now()):
        return ""
    return f"The board {change.board} and the owning team confirm its conditions."
