"""The time that a query searches: what its ``after:``, ``before:`` and ``on:`` come to together."""

from __future__ import annotations

from datetime import datetime, timedelta

from controlplane.transactions.rules.retention import KEEP_TRANSACTIONS
from controlplane.transactions.search.conditions import Moment
from controlplane.transactions.search.grammar import Fault
from controlplane.transactions.search.moments import Window, day, end, moment
from controlplane.transactions.search.query import Query, Term, Word

#: Searched when a query names no time. What is kept at all is ``rules.retention.KEEP_TRANSACTIONS``.
DEFAULT_WINDOW = timedelta(days=30)


class StillToCome(Exception):
    """Nothing can have been received since then; ``fault`` says so."""

    def __init__(self, word: Word) -> None:
        self.fault = Fault(word.span, f"“{word.text}” is still to come: nothing was received since then.")
        super().__init__(self.fault.message)


def window(query: Query, asked: Moment) -> tuple[Window, bool]:
    """The time searched, and whether it reaches to now; :class:`StillToCome` for one that has not begun."""
    lows = [_begin(term, asked) for term in query.of("after", "on")]
    first = max(lows, default=None)
    highs = [_end(term, asked, first) for term in query.of("before", "on")]
    high = min([*highs, asked.now])
    low = first if first is not None else high - DEFAULT_WINDOW
    oldest = asked.now - KEEP_TRANSACTIONS - timedelta(days=7)
    return Window(min(max(low, oldest), high), high, chosen=bool(lows or highs)), not highs


def _begin(term: Term, asked: Moment) -> datetime:
    (word,) = term.words
    of_day = term.field == "on"
    at = day(word.text, asked.now, asked.zone).low if of_day else moment(word.text, asked.now, asked.zone)
    if at > asked.now:
        raise StillToCome(word)
    return at


def _end(term: Term, asked: Moment, begin: datetime | None) -> datetime:
    (word,) = term.words
    if term.field == "on":
        return day(word.text, asked.now, asked.zone).high
    return end(word.text, asked.now, asked.zone, begin)
