"""Transactions in a list: one row each, whatever found them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import starmap
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from controlplane.people.access import Access
from controlplane.transactions.rules import money
from controlplane.transactions.rules.states import TransactionState
from controlplane.transactions.selectors.queue import WAITS, standing, waits
from controlplane.transactions.selectors.sentences import listed_sentence

#: What a row shows of a transaction ``t``. Names and what it waits for come along: asked for by themselves, they cost
#: more than the rows. Times are seconds since 1970: to read a date out of text is the dearest part of a row.
COLUMNS = f"""t.id, t.state, t.headline, t.reason, t.event_type, t.about, t.external_id,
  extract(epoch from t.received_at)::float8 as received,
  extract(epoch from t.finished_at)::float8 as finished, t.amount_minor, t.currency, t.error_class, t.correlation_id,
  (select f.name from transactions_flowversion v join transactions_flow f on f.id = v.flow_id
    where v.id = t.flow_version_id) as flow,
  (select i.name from inventory_integration i where i.id = t.integration_id) as integration,
  (select e.name from inventory_integration i join inventory_environment e on e.id = i.environment_id
    where i.id = t.integration_id) as environment,
  (select i.team_id from inventory_integration i where i.id = t.integration_id) as team,
  case when t.state in (2, 3) then {WAITS} end as queued"""

# The bounds spare the planner the weeks that cannot have any.
_ROWS = f"""
select {COLUMNS}
from unnest(%s::uuid[]) with ordinality w(id, place)
cross join lateral (select * from transaction t where t.id = w.id and t.id between %s and %s limit 1) t
order by w.place
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One transaction in a list.

    ``key`` is what people call it by: its first business key, or its record's id. ``state`` is a state's name as pages
    know it; ``seconds`` until now if unsettled.
    """

    id: UUID
    state: str
    title: str
    key: str
    why: str
    at: datetime
    seconds: float
    amount: str = ""
    integration: str = ""
    environment: str = ""
    event_type: str = ""
    error: str = ""
    ended: datetime | None = None
    minor: int | None = None
    currency: str = ""
    correlation_id: UUID | None = None


class _Found(NamedTuple):
    """One row of a statement, in the order of :data:`COLUMNS`."""

    id: UUID
    state: int
    headline: str
    reason: str
    event_type: str
    about: str
    external_id: str
    received: float
    finished: float | None
    amount_minor: int | None
    currency: str
    error_class: str
    correlation_id: UUID
    flow: str | None
    integration: str | None
    environment: str | None
    team: int | None
    queued: str | None


_in_order = itemgetter(*_Found.__annotations__)


def listed(access: Access, found: Iterable[Mapping[str, Any]], now: datetime) -> tuple[Row, ...]:
    """The rows of what a search for :data:`COLUMNS` found, in its order, as this person may see them."""
    return tuple(_row(access, _Found(*_in_order(row)), now) for row in found)


def rows_of(access: Access, identifiers: Sequence[UUID], now: datetime) -> tuple[Row, ...]:
    """The rows of transactions that the caller may see, in the order given; one that is gone is left out."""
    if not identifiers:
        return ()
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, [list(identifiers), min(identifiers), max(identifiers)])
        return tuple(_row(access, found, now) for found in starmap(_Found, cursor.fetchall()))


def _row(access: Access, row: _Found, now: datetime) -> Row:
    state, waits_for = TransactionState(row.state).name.lower(), ""
    if row.state != TransactionState.WAITING and (queued := waits(row.queued)):
        state, waits_for = standing(queued)
    title = row.flow or row.integration or ""
    seconds = (now.timestamp() if row.finished is None else row.finished) - row.received
    return Row(
        row.id,
        state,
        title,
        row.about or row.external_id,
        waits_for or listed_sentence(access, row.team, _why(row, title)),
        datetime.fromtimestamp(row.received, UTC),
        max(0.0, round(seconds, 6)),
        money.written(row.amount_minor, row.currency),
        row.integration or "",
        row.environment or "",
        row.event_type,
        row.error_class,
        None if row.finished is None else datetime.fromtimestamp(row.finished, UTC),
        row.amount_minor,
        row.currency,
        row.correlation_id,
    )


def _why(row: _Found, title: str) -> str:
    """What happened, in one line: the headline, unless it only repeats the title."""
    return row.headline if row.headline and row.headline != title else (row.event_type or row.reason)
