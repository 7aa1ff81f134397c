"""A page of transactions: what was found, who it is about, and how far back was searched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from controlplane.foundation.ids import moment
from controlplane.people.access import Access
from controlplane.transactions.search import run
from controlplane.transactions.search.moments import Window
from controlplane.transactions.search.plan import EVER, Plan
from controlplane.transactions.search.query import Query, Reading, reading
from controlplane.transactions.selectors.customer import Card, card
from controlplane.transactions.selectors.inbox import received
from controlplane.transactions.selectors.listing import COLUMNS, Row, listed
from controlplane.transactions.selectors.question import PAGE, Question

#: The chip in the head of a list counts so far.
MOST_NEWER = 100


@dataclass(frozen=True, slots=True)
class ResultPage:
    """One page of results.

    ``older`` is the cursor of the next page. ``window`` is the time searched (None: all that is kept, for
    an id); ``searched_to`` says that time ran out there. How many there are is counted apart (``counting``).
    """

    query: Query
    rows: tuple[Row, ...]
    older: UUID | None
    window: Window | None
    open_ended: bool
    searched_to: datetime | None = None
    card: Card | None = None
    newest: UUID | None = None


def find(access: Access, text: str, cursor: str, now: datetime) -> ResultPage:
    """The page of ``text`` after ``cursor`` (an id, or empty); raises ``BadQuery`` for what cannot be read."""
    return page_of(Question(access, text, now), cursor)


def page_of(search: Question, cursor: str) -> ResultPage:
    """The page of a question after ``cursor``."""
    below = _cursor(cursor)
    answer = search.page(below, COLUMNS)
    rows = listed(search.access, answer.rows[:PAGE], search.now)
    if not rows and below is None:
        rows = _received(search.access, search.query)
    planned = search.planned
    return ResultPage(
        query=search.query,
        rows=rows,
        older=rows[PAGE - 1].id if len(answer.rows) > PAGE else None,
        window=None if planned.window.low == EVER else planned.window,
        open_ended=planned.open_ended,
        searched_to=answer.searched_to,
        card=card(search.query, search.reference) if rows else None,
        newest=rows[0].id if rows and below is None else None,
    )


def newer_than(access: Access, text: str, newest: UUID, now: datetime) -> int:
    """How many matches came after the transaction ``newest``, up to 100: for the chip above a list."""
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
