"""Reasons in one line as a person may see them, also where no body is at hand: vendors repeat values in refusals."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping

from controlplane.inventory.models import Integration
from controlplane.people.access import Access, Action
from controlplane.transactions.masking import personal_hidden, values_hidden
from controlplane.transactions.models import Transaction


class Seen(enum.Enum):
    """How much of a payload somebody sees."""

    NOTHING = "nothing"
    MASKED = "masked"
    ALL = "all"


def seen_by(access: Access, team_id: int | None) -> Seen:
    """How much of the payloads of a team's integrations this person sees."""
    if not access.may(Action.SEE_PAYLOADS, team_id):
        return Seen.NOTHING
    return Seen.ALL if access.may(Action.SEE_PERSONAL, team_id) else Seen.MASKED


def sentence_for(seen: Seen, text: str) -> str:
    """``text`` for whoever sees so much of its payload: as it is, without what is personal, or without any value."""
    if seen is Seen.ALL:
        return text
    return personal_hidden(text) if seen is Seen.MASKED else values_hidden(text)


def listed_sentence(access: Access, team_id: int | None, text: str) -> str:
    """The same in a list, which others look at over one's shoulder: nobody sees addresses and telephones there."""
    return sentence_for(seen_by(access, team_id), personal_hidden(text))


def teams_of(transactions: Iterable[Transaction]) -> Mapping[int, int | None]:
    """The teams of these transactions, by their integration."""
    owned = Integration.objects.filter(pk__in={one.integration_id for one in transactions})
    return dict(owned.values_list("pk", "team_id"))
