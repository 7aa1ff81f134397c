"""Say something about a change; it stays with the revision it was said about."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject, Via
from controlplane.foundation.errors import NotAllowed
from controlplane.governance.changes.locking import locked
from controlplane.governance.changes.writing import LONGEST_WORDS, words_of
from controlplane.governance.models import Comment
from controlplane.people.access import Access


@transaction.atomic
def comment(access: Access, change_id: int, words: str, *, via: Via = Via.PAGE) -> Comment:
    """Keep a comment of anybody who can read the change."""
    if not access.person_id:
        raise NotAllowed("Sign in to comment.")
    change = locked(access, change_id)
    said = Comment.objects.create(
        change=change,
        revision=change.revision,
        person_id=UUID(access.person_id),
        account=UUID(access.account_id),
        words=words_of(words, "words", LONGEST_WORDS),
    )
    subject = Subject("change", str(change.pk))
    audit.record("change.commented", actor=access.actor, via=via, subject=subject, details={"comment": said.pk})
    return said
