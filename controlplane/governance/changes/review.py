"""Review an emergency after it was applied: what the board says about it once there is time."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject, Via
from controlplane.foundation import clock
from controlplane.foundation.errors import Conflict, NotAllowed
from controlplane.governance.changes.locking import locked, require_state
from controlplane.governance.changes.refusals import guarded
from controlplane.governance.changes.writing import LONGEST_WORDS, words_of
from controlplane.governance.models import ChangeRequest, ChangeState
from controlplane.governance.selectors import author_ids, seats_open_to
from controlplane.people.access import Access


@transaction.atomic
def review(access: Access, change_id: int, words: str, *, via: Via = Via.PAGE) -> ChangeRequest:
    """Keep the review of an applied emergency, by somebody of the board who did not write it."""
    change = locked(access, change_id)
    require_state(change, ChangeState.APPLIED, ChangeState.ROLLED_BACK)
    if why := why_not_review(access, change):
        raise NotAllowed(f"{why} Nothing was changed.")
    if change.reviewed_at is not None:
        raise Conflict("It has been reviewed already. Nothing was changed.")
    change.review = words_of(words, "words", LONGEST_WORDS)
    change.reviewed_by_id, change.reviewed_at = UUID(access.person_id), clock.now()
    with guarded("Nothing was changed."):
        change.save(update_fields=["review", "reviewed_by", "reviewed_at"])
    subject = Subject("change", str(change.pk))
    audit.record("change.reviewed", actor=access.actor, via=via, subject=subject, reason=change.review)
    return change


def why_not_review(access: Access, change: ChangeRequest) -> str:
    """Why this person does not review it; empty when they may."""
    if not change.emergency:
        return "It was no emergency, so there is nothing to review afterwards."
    person = UUID(access.person_id) if access.person_id else None
    if person is None or not seats_open_to(person, change, clock.now()):
        return f"{change.board} reviews it, and you have no seat there."
    return "You wrote it; somebody else reviews it." if person in author_ids(change) else ""
