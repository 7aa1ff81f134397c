"""The parts of a large transaction: which steps a page shows, and how many tries and spans of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from controlplane.transactions.models import Attempt
from controlplane.transactions.rules.states import StepState

Span = dict[str, Any]

#: Steps of one part.
STEPS = 100
#: Of a step, so many newest tries, and the first.
TRIES = 50
#: Inline steps of one page.
SPANS = 100


@dataclass(frozen=True, slots=True)
class Part:
    """Which of the ``total`` steps that run by themselves are shown: from ``first``, counted from 0.

    ``by_state`` counts all of them; ``spans`` are the inline steps there are.
    """

    number: int = 0
    total: int = 0
    by_state: Mapping[StepState, int] = field(default_factory=dict)
    spans: int = 0

    @property
    def first(self) -> int:
        """The place of the first one shown."""
        return self.number * STEPS

    @property
    def parts(self) -> int:
        """How many parts there are; one at least."""
        return max(1, -(-self.total // STEPS))

    @property
    def last(self) -> int:
        """The place after the last one shown."""
        return min(self.total, self.first + STEPS)

    def count(self, state: StepState) -> int:
        """How many of all are in this state."""
        return self.by_state.get(state, 0)


_BY_STATE = """
with placed as (select state, required, row_number() over (order by ordinal, id) - 1 as place
  from step_run where transaction_id = %s)
select state, count(*), min(place) filter (where required), min(place) from placed group by state
"""
_SPANS_THERE = """
select coalesce(sum(case jsonb_typeof(spans) when 'array' then jsonb_array_length(spans) end), 0)
from trace where transaction_id = %s
"""


def part_of(transaction_id: UUID, number: int | None) -> Part:
    """The part of that number, or the nearest there is; of None the one with what failed, else the first."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_STATE, [transaction_id])
        rows = cursor.fetchall()
        cursor.execute(_SPANS_THERE, [transaction_id])
        spans = int(cursor.fetchone()[0])
    by_state = {StepState(state): count for state, count, _, _ in rows}
    total = sum(by_state.values())
    if number is None:
        failed = next((row for row in rows if row[0] == StepState.DEAD), None)
        place = 0 if failed is None else failed[3] if failed[2] is None else failed[2]
        number = place // STEPS
    last = max(0, -(-total // STEPS) - 1)
    return Part(min(max(0, number), last), total, by_state, spans)


_TRIES = """
select {columns} from (
  select a.*, row_number() over (partition by step_run_id order by id desc) as back,
    row_number() over (partition by step_run_id order by id) as forth
  from unnest(%s::uuid[]) w(run) join attempt a on a.step_run_id = w.run) a
where back <= %s or forth = 1 order by id
"""
_TRY = [column.attname for column in Attempt._meta.concrete_fields]


def attempts_of(run_ids: Sequence[UUID]) -> dict[UUID, Sequence[Attempt]]:
    """Of each run the first try and the newest ones, in order; an empty list where there is none."""
    found: dict[UUID, list[Attempt]] = defaultdict(list)
    if run_ids:
        with connection.cursor() as cursor:
            cursor.execute(_TRIES.format(columns=", ".join(_TRY)), [list(run_ids), TRIES])
            for row in cursor.fetchall():
                attempt = Attempt.from_db(None, _TRY, row)
                found[attempt.step_run_id].append(attempt)
    return {run_id: found.get(run_id, []) for run_id in run_ids}


def tries_before(run_id: UUID, number: int | None) -> list[Attempt]:
    """The newest tries of a run before the one of that number, newest first; one more than are shown."""
    tries = Attempt.objects.filter(step_run_id=run_id)
    if number is not None:
        tries = tries.filter(number__lt=number)
    return list(tries.order_by("-id")[: TRIES + 1])


_SPANS = """
select s.span from trace t
cross join lateral jsonb_array_elements(case jsonb_typeof(t.spans) when 'array' then t.spans else '[]' end)
  with ordinality s(span, place)
where t.transaction_id = %s and jsonb_typeof(s.span) = 'object' order by t.id, s.place offset %s limit %s
"""


def spans_of(transaction_id: UUID, first: int = 0) -> list[Span]:
    """A part of the inline steps, in order."""
    with connection.cursor() as cursor:
        cursor.execute(_SPANS, [transaction_id, first, SPANS])
        return [span if isinstance(span, dict) else orjson.loads(span) for (span,) in cursor.fetchall()]
