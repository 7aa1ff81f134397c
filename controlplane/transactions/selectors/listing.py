"""Transactions in a list: one row each, whatever found them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import starmap
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from controlplane.transactions.masking import without_addresses
from controlplane.transactions.rules import money
from controlplane.transactions.rules.states import TransactionState
from controlplane.transactions.selectors.queue import Place, places, standing

# The names come along: asked for by themselves, they cost more than the rows. The bounds spare the planner other weeks.
_ROWS = """
select t.id, t.state, t.headline, t.reason, t.event_type, t.external_id, t.received_at, t.finished_at, t.amount_minor,
  t.currency, t.error_class, t.correlation_id, f.name, i.name
from unnest(%s::uuid[]) with ordinality w(id, place)
cross join lateral (select * from transaction t where t.id = w.id and t.id between %s and %s limit 1) t
left join inventory_integration i on i.id = t.integration_id
left join transactions_flowversion v on v.id = t.flow_version_id
left join transactions_flow f on f.id = v.flow_id
order by w.place
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One transaction in a list. ``state`` is a state's name as pages know it; ``seconds`` until now if unsettled."""

    id: UUID
    state: str
    title: str
    key: str
    why: str
    at: datetime
    seconds: float
    amount: str = ""
    integration: str = ""
    event_type: str = ""
    error: str = ""
    ended: datetime | None = None
    minor: int | None = None
    currency: str = ""
    correlation_id: UUID | None = None


class _Found(NamedTuple):
    """One row of the statement."""

    id: UUID
    state: int
    headline: str
    reason: str
    event_type: str
    external_id: str
    received_at: datetime
    finished_at: datetime | None
    amount_minor: int | None
    currency: str
    error_class: str
    correlation_id: UUID
    flow: str | None
    integration: str | None


def rows_of(identifiers: Sequence[UUID], now: datetime) -> tuple[Row, ...]:
    """The rows of transactions that the caller may see, in the order given; one that is gone is left out."""
    if not identifiers:
        return ()
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, [list(identifiers), min(identifiers), max(identifiers)])
        found = list(starmap(_Found, cursor.fetchall()))
    running = [row.id for row in found if row.state in {TransactionState.RUNNING, TransactionState.WAITING}]
    queued = places(running) if running else {}
    return tuple(_row(row, queued.get(row.id, ()), now) for row in found)


def _row(row: _Found, queued: Sequence[Place], now: datetime) -> Row:
    state, waits = TransactionState(row.state).name.lower(), ""
    if queued and row.state != TransactionState.WAITING:
        state, waits = standing(queued)
    title = row.flow or row.integration or ""
    seconds = ((row.finished_at or now) - row.received_at).total_seconds()
    return Row(
        row.id,
        state,
        title,
        row.external_id,
        waits or _why(row, title),
        row.received_at,
        max(0.0, seconds),
        money.written(row.amount_minor, row.currency),
        row.integration or "",
        row.event_type,
        row.error_class,
        row.finished_at,
        row.amount_minor,
        row.currency,
        row.correlation_id,
    )


def _why(row: _Found, title: str) -> str:
    """What happened, in one line: the headline, unless it only repeats the title."""
    words = row.headline if row.headline and row.headline != title else (row.event_type or row.reason)
    return without_addresses(words)
