"""How many a search matches: in all, by state, over time, and waiting for a person.

Apart from the rows, which need not wait for it: a page shows what was found first, and how much there is when
it has been counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from controlplane.transactions.selectors.inbox import received_count
from controlplane.transactions.selectors.question import Question
from controlplane.transactions.selectors.tally import Slot, Tally, over_time


@dataclass(frozen=True, slots=True)
class Counts:
    """``tally`` is of the query without its status; None where counting took too long, as ``total`` is.

    ``slots`` are stretches of the time from ``slots_from`` to now; ``unprocessed`` are received events that no
    transaction came of yet.
    """

    tally: Tally | None
    total: int | None
    total_is_least: bool
    slots: tuple[Slot, ...]
    slots_from: datetime | None
    unprocessed: int


def counts(question: Question) -> Counts:
    """The counts of a question."""
    tally = question.without("status", "is")
    planned = question.planned
    total, least = question.total()
    slots, slots_from = over_time(tally, planned.window, question.now) if tally else ((), None)
    unprocessed = received_count(question.access) if planned.open_ended else 0
    return Counts(tally, total, least, slots, slots_from, unprocessed)
