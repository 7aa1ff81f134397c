"""A page of transactions: what was found, how much of it there is, and how far back was searched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from controlplane.foundation.ids import moment
from controlplane.people.access import Access
from controlplane.transactions.models import DeadLetter
from controlplane.transactions.rules.states import TransactionState as State
from controlplane.transactions.search import run
from controlplane.transactions.search.conditions import Moment
from controlplane.transactions.search.grammar import parse
from controlplane.transactions.search.keys import kinds
from controlplane.transactions.search.moments import Window
from controlplane.transactions.search.plan import EVER, Plan, plan
from controlplane.transactions.search.query import Query, Reading, reading
from controlplane.transactions.selectors.customer import Card, card
from controlplane.transactions.selectors.inbox import received, received_count
from controlplane.transactions.selectors.listing import COLUMNS, Row, rows_of

PAGE = 50
#: Counts are over so many newest matches; more are "1,000+".
COUNTED = 1_000
#: Counting may take no more of the five seconds than this: the rows are what was asked for.
COUNTING_SECONDS = 1.5
SLOTS = 60
#: The pill above a list counts so far.
MOST_NEWER = 100


@dataclass(frozen=True, slots=True)
class Slot:
    """A stretch of the histogram: how many were good, and how many failed."""

    good: int = 0
    bad: int = 0


@dataclass(frozen=True)
class Tally:
    """What the newest matches are, whatever their status; ``complete``: there are no more than those."""

    ids: Sequence[tuple[UUID, State]]
    waiting_for_a_person: int
    complete: bool

    @cached_property
    def by_state(self) -> Mapping[State, int]:
        """How many are in each state."""
        return Counter(state for _, state in self.ids)


@dataclass(frozen=True, slots=True)
class ResultPage:
    """One page of results.

    ``older`` is the cursor of the next page. ``window`` is the time searched (None: all that is kept, for
    an id); ``searched_to`` says that time ran out there. ``total`` is None where counting took too long.
    ``unprocessed`` are received events that no transaction came of yet.
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


def find(access: Access, text: str, cursor: str, now: datetime) -> ResultPage:
    """The page of ``text`` after ``cursor`` (an id, or empty); raises ``BadQuery`` for what cannot be read."""
    query = parse(text, kinds())
    asked = Moment(now, ZoneInfo(settings.TIME_ZONE_SHOWN))
    planned = plan(query, access, asked, text)
    deadline = run.Deadline()
    below = _cursor(cursor)
    answer = run.newest(planned, COLUMNS, PAGE + 1, deadline, now=now, below=below)
    rows = rows_of(answer.rows[:PAGE], now)
    if not rows and below is None:
        rows = _received(access, query)
    older = rows[-1].id if len(answer.rows) > PAGE else None
    tally = _tally(query, access, asked, deadline) if answer.searched_to is None else None
    total, least = _total(query, planned, tally, len(rows), older, deadline, now)
    slots, slots_from = _histogram(tally, planned.window, now)
    return ResultPage(
        query=query,
        rows=rows,
        older=older,
        window=None if planned.window.low == EVER else planned.window,
        open_ended=planned.open_ended,
        searched_to=answer.searched_to,
        tally=tally,
        total=total,
        total_is_least=least,
        card=card(query) if rows else None,
        slots=slots,
        slots_from=slots_from,
        unprocessed=received_count(access) if planned.open_ended else 0,
        newest=rows[0].id if rows and below is None else None,
    )


def newer_than(access: Access, text: str, newest: UUID, now: datetime) -> int:
    """How many matches came after the transaction ``newest``, up to 100: for the pill above a list."""
    planned = plan(parse(text, kinds()), access, Moment(now, ZoneInfo(settings.TIME_ZONE_SHOWN)), text)
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


def _tally(query: Query, access: Access, asked: Moment, deadline: run.Deadline) -> Tally | None:
    """The newest matches without the query's status: what the chips count."""
    every = plan(query.without("status", "is"), access, asked)
    answer = run.newest(every, "t.id, t.state", COUNTED + 1, deadline.at_most(COUNTING_SECONDS), now=asked.now)
    if answer.searched_to is not None:
        return None
    ids = [(row["id"], State(row["state"])) for row in answer.rows]
    return Tally(ids[:COUNTED], _open(ids[:COUNTED]), complete=len(ids) <= COUNTED)


def _open(ids: Sequence[tuple[UUID, State]]) -> int:
    """How many of these wait for a person: quarantined, or with an open dead letter."""
    ended = [identifier for identifier, state in ids if state in {State.PARTIAL, State.DEAD}]
    letters = DeadLetter.objects.filter(transaction_id__in=ended, resolved_at=None)
    dead = letters.values("transaction_id").distinct().count() if ended else 0
    return dead + sum(state is State.QUARANTINED for _, state in ids)


def _total(
    query: Query,
    planned: Plan,
    tally: Tally | None,
    shown: int,
    older: UUID | None,
    deadline: run.Deadline,
    now: datetime,
) -> tuple[int | None, bool]:
    """How many match, and whether that is the least there are."""
    if tally is None:
        return (shown, older is not None) if shown else (None, False)
    if not query.of("status", "is"):
        return len(tally.ids), not tally.complete
    answer = run.newest(planned, "t.id", COUNTED + 1, deadline.at_most(COUNTING_SECONDS), now=now)
    return min(len(answer.rows), COUNTED), answer.searched_to is not None or len(answer.rows) > COUNTED


def _histogram(tally: Tally | None, window: Window, now: datetime) -> tuple[tuple[Slot, ...], datetime | None]:
    """The counted matches over time, in :data:`SLOTS` stretches."""
    if tally is None or not tally.ids:
        return (), None
    low = window.low if tally.complete and window.chosen else moment(tally.ids[-1][0])
    width = max((now - low) / SLOTS, timedelta(milliseconds=1))
    good, bad = Counter[int](), Counter[int]()
    for identifier, state in tally.ids:
        slot = min(SLOTS - 1, max(0, (moment(identifier) - low) // width))
        (bad if state in {State.DEAD, State.QUARANTINED} else good)[slot] += 1
    return tuple(Slot(good[slot], bad[slot]) for slot in range(SLOTS)), low
