"""How much goes through integrations, and whom it touches: from counted hours, and from keys within a limit."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from django.db import OperationalError, connection, transaction

from controlplane.foundation.ids import uuid7_floor

SPAN: Final = timedelta(days=30)
#: More customers than this are not counted to the end.
MOST_CUSTOMERS: Final = 10_000
#: Nor for longer than this, in milliseconds.
PATIENCE: Final = 2_000
NEWEST: Final = 8


class Lately(NamedTuple):
    """Transactions of some hours: how many came, and how many of them arrived and did not."""

    received: int
    arrived: int
    failed: int


@dataclass(frozen=True, slots=True)
class Customers:
    """How many customers' ids were seen. ``more``: there are more than were counted; None: not counted in time."""

    count: int | None
    more: bool = False

    def __str__(self) -> str:
        if self.count is None:
            return "not counted in time"
        return f"{self.count:,}{'+' if self.more else ''}"


_LATELY = """
select integration_id, sum(received)::bigint, sum(succeeded + partial)::bigint, sum(dead + quarantined)::bigint
from traffic_hour where hour >= %s and hour <= %s group by 1
"""
#: A day on which it ran is one that it is divided by: what went live last week is not made small by the month.
_PER_DAY = """
select integration_id,
  sum(received)::float / greatest(1, ceil(extract(epoch from %(now)s - min(hour)) / 86400))
from traffic_hour where hour >= %(since)s and integration_id = any(%(ids)s) group by 1
"""
_CUSTOMERS = """
select distinct k.value from transaction t
join transaction_key k on k.transaction_id = t.id
where t.integration_id = any(%(ids)s) and t.id >= %(floor)s and k.transaction_id >= %(floor)s
  and k.kind_id = (select id from inventory_entitykind where slug = 'customer')
limit %(most)s
"""
_NEWEST = """
select k.value from transaction t join transaction_key k on k.transaction_id = t.id
where t.integration_id = any(%(ids)s) and t.id >= %(floor)s and k.transaction_id >= %(floor)s
  and k.kind_id = (select id from inventory_entitykind where slug = 'customer')
group by 1 order by max(t.received_at) desc, 1 limit %(most)s
"""


def lately(now: datetime) -> Mapping[int, Lately]:
    """The last 24 hours of every integration that had any traffic."""
    with connection.cursor() as cursor:
        cursor.execute(_LATELY, [now - timedelta(days=1), now])
        return {pk: Lately(*counts) for pk, *counts in cursor.fetchall()}


def per_day(ids: Collection[int], now: datetime) -> Mapping[int, float]:
    """Transactions a day, over the last 30 or since the first of them; none for what had no traffic."""
    with connection.cursor() as cursor:
        cursor.execute(_PER_DAY, {"ids": list(ids), "since": now - SPAN, "now": now})
        return dict(cursor.fetchall())


def customers(ids: Collection[int], now: datetime) -> Customers:
    """How many different customer ids went through in 30 days: a count that says where it stopped."""
    found = _values(_CUSTOMERS, ids, now, MOST_CUSTOMERS + 1)
    if found is None:
        return Customers(None)
    return Customers(min(len(found), MOST_CUSTOMERS), more=len(found) > MOST_CUSTOMERS)


def newest_customers(ids: Collection[int], now: datetime) -> Sequence[str]:
    """The customer ids that were seen last; for who may see transactions of these integrations, and nobody else."""
    return _values(_NEWEST, ids, now, NEWEST) or []


def _values(statement: str, ids: Collection[int], now: datetime, most: int) -> list[str] | None:
    if not ids:
        return []
    rows = patiently(statement, {"ids": list(ids), "floor": uuid7_floor(now - SPAN), "most": most})
    return None if rows is None else [value for (value,) in rows]


def patiently(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]] | None:
    """What a statement finds; None where it takes longer than :data:`PATIENCE`."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select current_setting('statement_timeout')")
            (before,) = cursor.fetchone()
            cursor.execute("select set_config('statement_timeout', %s, true)", [str(PATIENCE)])
            cursor.execute(statement, values)
            found: list[tuple[Any, ...]] = cursor.fetchall()
            cursor.execute("select set_config('statement_timeout', %s, true)", [before])
            return found
    except OperationalError as error:
        if "statement timeout" in str(error):
            return None
        raise
