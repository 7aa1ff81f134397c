"""Say something about a change, or about one place of it; it stays with the revision it was said about."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject, Via
from controlplane.foundation.errors import NotAllowed
from controlplane.governance.changes.locking import locked
from controlplane.governance.changes.writing import LONGEST_WORDS, words_of
from controlplane.governance.models import Comment
from controlplane.governance.selectors.comments import pinned
from controlplane.governance.selectors.deciding import revision_of
from controlplane.people.access import Access


@transaction.atomic
def comment(
    access: Access, change_id: int, words: str, *, at: str = "", version: int | None = None, via: Via = Via.PAGE
) -> Comment:
    """Keep a comment of anybody who can read the change: on its newest version, or on the one that they read.

    ``at`` is the name of a place (``rules.places``) or the JSON Pointer of a value that it changes;
    :class:`Invalid` for one at which that version changes nothing.
    """
    if not access.person_id:
        raise NotAllowed("Sign in to comment.")
    change = locked(access, change_id)
    revision = revision_of(change, version)
    place, pointer, quoted = pinned(revision, at) if at else ("", "", "")
    said = Comment.objects.create(
        change=change,
        revision=revision,
        person_id=UUID(access.person_id),
        account=UUID(access.account_id),
        words=words_of(words, "words", LONGEST_WORDS),
        place=str(place),
        pointer=pointer,
        quoted=quoted,
    )
    subject = Subject("change", str(change.pk))
    details = {"comment": said.pk, "version": revision.number, "place": said.place}
    audit.record("change.commented", actor=access.actor, via=via, subject=subject, details=details)
    return said
