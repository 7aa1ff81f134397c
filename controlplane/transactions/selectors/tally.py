"""What the newest matches of a search are, counted: the chips, the total, and how they lie in time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import connection

from controlplane.foundation.ids import moment, uuid7_floor
from controlplane.transactions.rules.states import TransactionState as State
from controlplane.transactions.search import run
from controlplane.transactions.search.fields import STATUS_WORDS
from controlplane.transactions.search.moments import Window
from controlplane.transactions.search.plan import Plan

#: Counts are over so many newest matches; more are "10,000+".
COUNTED = 10_000
#: What is counted of each, unless more is asked for.
STATES = "t.id, t.state"
#: Counting may take no longer than this: somebody looks at the rows meanwhile.
COUNTING_SECONDS = 1.5
SLOTS = 60
_BAD = frozenset({State.DEAD, State.QUARANTINED})
_MAY_BE_OPEN = frozenset({State.PARTIAL, State.DEAD})


@dataclass(frozen=True, slots=True)
class Slot:
    """A stretch of the histogram: how many were good, and how many failed."""

    good: int = 0
    bad: int = 0


@dataclass(frozen=True)
class Tally:
    """The newest matches, newest first, each with its ``id`` and ``state``; ``complete``: there are no more."""

    rows: Sequence[Mapping[str, Any]]
    complete: bool

    @cached_property
    def by_state(self) -> Mapping[State, int]:
        """How many are in each state."""
        return {State(state): count for state, count in Counter(row["state"] for row in self.rows).items()}

    def in_words(self, word: str) -> int:
        """How many are in the states of a word of ``status:``."""
        return sum(self.by_state.get(state, 0) for state in STATUS_WORDS[word])

    @cached_property
    def waiting_for_a_person(self) -> int:
        """How many are quarantined, or have an open dead letter."""
        ended = [row["id"] for row in self.rows if row["state"] in _MAY_BE_OPEN]
        return self.by_state.get(State.QUARANTINED, 0) + (_with_open_letters(ended) if ended else 0)


def counted(answer: run.Answer) -> Tally:
    """The tally of an answer of up to :data:`COUNTED` + 1 rows with ``id`` and ``state``."""
    return Tally(answer.rows[:COUNTED], complete=len(answer.rows) <= COUNTED)


def count(plan: Plan, columns: str, deadline: run.Deadline, now: datetime) -> run.Answer:
    """The newest matches to be counted; ``searched_to`` is set where counting took too long."""
    return run.newest(plan, columns, COUNTED + 1, deadline.at_most(COUNTING_SECONDS), now=now)


def over_time(tally: Tally, window: Window, now: datetime) -> tuple[tuple[Slot, ...], datetime | None]:
    """The counted matches in :data:`SLOTS` stretches of time, and when the first begins."""
    if not tally.rows:
        return (), None
    low = window.low if tally.complete and window.chosen else moment(tally.rows[-1]["id"])
    begin = uuid7_floor(low).int
    width = max((uuid7_floor(now).int - begin) // SLOTS, 1)
    good, bad = [0] * SLOTS, [0] * SLOTS
    for row in tally.rows:
        slot = min(SLOTS - 1, max(0, (row["id"].int - begin) // width))
        (bad if row["state"] in _BAD else good)[slot] += 1
    return tuple(map(Slot, good, bad)), low


def _with_open_letters(transaction_ids: Sequence[UUID]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(distinct transaction_id) from dead_letter where transaction_id = any(%s)"
            " and resolved_at is null",
            [list(transaction_ids)],
        )
        return int(cursor.fetchone()[0])
