"""What a saved view may be called, and may search for."""

from __future__ import annotations

from datetime import datetime

from controlplane.foundation.errors import Invalid
from controlplane.people.access import Access
from controlplane.people.models import Team
from controlplane.transactions.masking import personal_hidden
from controlplane.transactions.models.saved_views import LONGEST_NAME
from controlplane.transactions.selectors.question import Question


def name_of(name: str) -> str:
    """The name with single spaces; raises :class:`Invalid` for one that nobody could read."""
    words = " ".join(name.split())
    if not words or len(words) > LONGEST_NAME or not words.isprintable():
        raise Invalid(f"A name has 1 to {LONGEST_NAME} characters that can be seen.", field="name")
    return words


def query_of(access: Access, text: str, team: Team | None, now: datetime) -> str:
    """The search as it is kept; raises :class:`Invalid`, ``BadQuery`` among it.

    What a team shares holds no person's address or number.
    """
    query = text.strip()
    if not query:
        raise Invalid("Search for something first: this view would be everything.", field="q")
    Question(access, query, now)
    if team is not None and personal_hidden(query) != query:
        message = (
            "A view of a team holds no person's e-mail address, telephone or account number. "
            "Keep this one for yourself."
        )
        raise Invalid(message, field="team")
    return query
