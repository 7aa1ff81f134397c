"""What the database refuses, told as what the person may do about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from controlplane.foundation.errors import Conflict

#: Constraints whose names say less than people should read.
_WORDS = {
    "governance_one_vote_a_person": "This person has voted on this revision already",
    "governance_one_vote_a_seat": "This seat has voted on this revision already",
    "governance_revisions_in_order": "Somebody added a revision a moment before",
}


@contextmanager
def guarded(what_was_kept: str) -> Iterator[None]:
    """Turn a refusal of the database into a :class:`Conflict` that ends with ``what_was_kept``."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as refused:
        raise Conflict(f"{_words(str(refused))}. {what_was_kept}") from refused


def _words(message: str) -> str:
    known = next((words for name, words in _WORDS.items() if name in message), None)
    first = message.partition("\n")[0].strip()
    return known or first[:1].upper() + first[1:]
