"""Business keys in a query: pairs of a kind and a value, as they are stored with each transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from controlplane.transactions.search.sql import Fragment


class Pair(NamedTuple):
    """A business key as it is stored: the kind's small id, and the value."""

    kind_id: int
    value: str


def has_any(pairs: Iterable[Pair], low: UUID | None) -> Fragment:
    """Whether transaction ``t``, not older than the id ``low``, has one of the keys: a look-up by primary key each."""
    wanted = list(pairs)
    if not wanted:
        return Fragment("false")
    bounded = _of_transaction(low)
    return Fragment(
        "exists (select from transaction_key k join unnest(%s::smallint[], %s::text[]) w(kind_id, value)"
        f" on k.kind_id = w.kind_id and k.value = w.value where {bounded.sql})",
        ([p.kind_id for p in wanted], [p.value for p in wanted], *bounded.parameters),
    )


def has_value(value: str, low: UUID | None) -> Fragment:
    """Whether transaction ``t``, not older than the id ``low``, has this value as a key of any kind."""
    bounded = _of_transaction(low)
    sql = f"exists (select from transaction_key k where k.value = %s and {bounded.sql})"
    return Fragment(sql, (value, *bounded.parameters))


def _of_transaction(low: UUID | None) -> Fragment:
    """The bound says nothing new, but spares the planner the weeks before."""
    of = Fragment("k.transaction_id = t.id")
    return of if low is None else Fragment(f"{of.sql} and k.transaction_id >= %s", (low,))
