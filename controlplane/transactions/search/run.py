"""Asking the database within a time limit, and saying honestly how far back the answer reaches.

A plan with branches takes candidates from them until a page is full; another is asked in slices of time.
Both go from the newest, each statement with what is left of the limit: when time runs out, what was found
so far is shown with "searched back to … only".
Plans are custom ones: a generic plan over weekly partitions costs ten times more (TABLES).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg.errors
from django.db import OperationalError, connection, transaction

from controlplane.foundation.ids import moment, uuid7_floor
from controlplane.transactions.search.moments import Window
from controlplane.transactions.search.plan import Plan
from controlplane.transactions.search.sql import Fragment

LIMIT_SECONDS = 5.0
_FIRST_SLICE = timedelta(hours=6)
#: Candidates for a page when some may not meet the conditions, and by how many times more after each round.
_FIRST_CANDIDATES = 4
_MORE_CANDIDATES = 8


@dataclass(slots=True)
class Deadline:
    """What is left of the time for one answer; statements of the same page share it."""

    seconds: float = LIMIT_SECONDS
    _began: float = field(default_factory=time.monotonic)

    @property
    def milliseconds(self) -> int:
        """What is left, at least one: PostgreSQL takes zero for no limit at all."""
        return max(1, int((self.seconds - (time.monotonic() - self._began)) * 1000))

    def at_most(self, seconds: float) -> Deadline:
        """A deadline that ends with this one, or after ``seconds``."""
        return Deadline(min(seconds, self.milliseconds / 1000))


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows, newest first. ``searched_to``: not everything in the window was searched, only back to here."""

    rows: list[dict[str, Any]]
    searched_to: datetime | None = None


class OutOfTime(Exception):
    """The statement ran into its deadline and was ended by the database."""


def newest(
    plan: Plan, columns: str, limit: int, deadline: Deadline, *, now: datetime, below: UUID | None = None
) -> Answer:
    """Up to ``limit`` rows of ``plan``, newest first, older than the id ``below``. ``columns`` begin with ``t.id``."""
    high = min((bound for bound in (plan.high, below) if bound is not None), default=None)
    search = _picked if plan.branches else _scanned
    return search(plan, columns, limit, deadline, now, high)


def _picked(plan: Plan, columns: str, limit: int, deadline: Deadline, now: datetime, high: UUID | None) -> Answer:
    """Ever more candidates of the branches, until a page is full or none are left."""
    rows: list[dict[str, Any]] = []
    candidates = limit if not plan.conditions else limit * _FIRST_CANDIDATES
    while True:
        try:
            found = ask(plan.pick(columns, high, limit - len(rows), candidates), deadline, in_order=True)
        except OutOfTime:
            return Answer(rows, min(moment(high), now) if high is not None else now)
        rows += [row for row in found if row["id"] is not None]
        told = next(row for row in found if row["of"] is not None)
        if len(rows) >= limit or told["of"] < candidates:
            return Answer(rows)
        high, candidates = told["reached"], candidates * _MORE_CANDIDATES


def _scanned(plan: Plan, columns: str, limit: int, deadline: Deadline, now: datetime, high: UUID | None) -> Answer:
    """Slices of the window, newest first, until a page is full or the window is through."""
    rows: list[dict[str, Any]] = []
    for lower, upper in _slices(plan.window, now, high):
        try:
            rows += ask(plan.scan(columns, lower, upper, limit - len(rows)), deadline)
        except OutOfTime:
            return Answer(rows, min(moment(upper), now) if upper is not None else now)
        if len(rows) >= limit:
            break
    return Answer(rows)


def ask(statement: Fragment, deadline: Deadline, *, in_order: bool = False) -> list[dict[str, Any]]:
    """The rows of one statement as dictionaries; :class:`OutOfTime` past the deadline.

    ``in_order``: every index that is read has the order asked for, so nothing long needs sorting.
    """
    try:
        return _ask(statement, deadline, "off" if in_order else "on")
    except OperationalError as error:
        if isinstance(error.__cause__, psycopg.errors.QueryCanceled):
            raise OutOfTime from None
        raise


# Joins are look-ups by key, few at a time; by estimate, PostgreSQL would rather read a whole table once, or all
# transactions of a customer to sort the newest out of them.
_LIMITED = """
select set_config('interlock.timeout_before', current_setting('statement_timeout'), true),
  set_config('statement_timeout', %s, true), set_config('plan_cache_mode', 'force_custom_plan', true),
  set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
  set_config('enable_sort', %s, true);
"""
# The limit would go on to hold for what follows in the caller's transaction.
_AS_BEFORE = "; select set_config('statement_timeout', current_setting('interlock.timeout_before'), true)"


def _ask(statement: Fragment, deadline: Deadline, sorting: str) -> list[dict[str, Any]]:
    """Limit and statement travel as one message, which PostgreSQL runs in one transaction: four cost more than it."""
    inside = connection.in_atomic_block
    message = _LIMITED + statement.sql + (_AS_BEFORE if inside else "")
    with transaction.atomic() if inside else nullcontext(), connection.cursor() as cursor:
        cursor.execute(message, [str(deadline.milliseconds), sorting, *statement.parameters])
        cursor.nextset()
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _slices(window: Window, now: datetime, high: UUID | None) -> Iterator[tuple[UUID, UUID | None]]:
    """Bounds of the statements: slices of time that double, newest first."""
    start = min(moment(high), now) if high is not None else now
    width = _FIRST_SLICE
    while True:
        low = max(window.low, start - width)
        yield uuid7_floor(low), high
        if low <= window.low:
            return
        start, high, width = low, uuid7_floor(low), width * 2
