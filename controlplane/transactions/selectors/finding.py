"""A page of transactions: what was found, how much of it there is, and how far back was searched."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from controlplane.foundation.ids import moment
from controlplane.people.access import Access
from controlplane.transactions.search import run
from controlplane.transactions.search.moments import Window
from controlplane.transactions.search.plan import EVER, Plan
from controlplane.transactions.search.query import Query, Reading, reading
from controlplane.transactions.selectors.customer import Card, card
from controlplane.transactions.selectors.facets import Facet, facets
from controlplane.transactions.selectors.inbox import received, received_count
from controlplane.transactions.selectors.listing import Row, rows_of
from controlplane.transactions.selectors.question import PAGE, Question
from controlplane.transactions.selectors.tally import Slot, Tally, over_time

#: The pill above a list counts so far.
MOST_NEWER = 100


@dataclass(frozen=True, slots=True)
class ResultPage:
    """One page of results.

    ``older`` is the cursor of the next page. ``window`` is the time searched (None: all that is kept, for
    an id); ``searched_to`` says that time ran out there. ``total`` is None where counting took too long.
    ``unprocessed`` are received events that no transaction came of yet; ``facets`` are there when asked for.
    """

    query: Query
    rows: tuple[Row, ...]
    older: UUID | None
    window: Window | None
    open_ended: bool
    searched_to: datetime | None = None
    tally: Tally | None = None
    total: int | None = None
    total_is_least: bool = False
    card: Card | None = None
    slots: tuple[Slot, ...] = ()
    slots_from: datetime | None = None
    unprocessed: int = 0
    newest: UUID | None = field(default=None)
    facets: tuple[Facet, ...] = ()


def find(access: Access, text: str, cursor: str, now: datetime, *, with_facets: bool = False) -> ResultPage:
    """The page of ``text`` after ``cursor`` (an id, or empty); raises ``BadQuery`` for what cannot be read."""
    search = Question(access, text, now)
    below = _cursor(cursor)
    identifiers, searched_to = search.page(below)
    rows = rows_of(identifiers[:PAGE], now)
    if not rows and below is None:
        rows = _received(access, search.query)
    tally = search.tally if searched_to is None else None
    older = identifiers[PAGE - 1] if len(identifiers) > PAGE else None
    total, least = search.total(len(rows), older) if searched_to is None else (len(rows) or None, older is not None)
    planned = search.planned
    slots, slots_from = over_time(tally, planned.window, now) if tally else ((), None)
    return ResultPage(
        query=search.query,
        rows=rows,
        older=older,
        window=None if planned.window.low == EVER else planned.window,
        open_ended=planned.open_ended,
        searched_to=searched_to,
        tally=tally,
        total=total,
        total_is_least=least,
        card=card(search.query, search.reference) if rows else None,
        slots=slots,
        slots_from=slots_from,
        unprocessed=received_count(access) if planned.open_ended else 0,
        newest=rows[0].id if rows and below is None else None,
        facets=facets(search) if with_facets else (),
    )


def newer_than(access: Access, text: str, newest: UUID, now: datetime) -> int:
    """How many matches came after the transaction ``newest``, up to 100: for the pill above a list."""
    planned = Question(access, text, now).planned
    low = moment(newest) - timedelta(milliseconds=1)
    fresh = Plan(
        window=Window(low, planned.window.high, chosen=True),
        branches=planned.branches,
        conditions=planned.conditions,
        open_ended=planned.open_ended,
    )
    rows = run.newest(fresh, "t.id", MOST_NEWER, run.Deadline(1.0), now=now).rows
    return sum(row["id"] > newest for row in rows)


def _cursor(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _received(access: Access, query: Query) -> tuple[Row, ...]:
    """An id that no transaction has: received, and still in the inbox."""
    ids = [
        UUID(word.text)
        for term in query.terms
        for word in term.words
        if not term.negated and term.field in {"", "id"} and (term.field or reading(word) is Reading.ID)
    ]
    found = (received(access, identifier) for identifier in ids if len(query.terms) == 1)
    return tuple(
        Row(one.id, "received", one.integration, "", "Received and kept, not processed yet", one.at, 0.0)
        for one in found
        if one is not None
    )
