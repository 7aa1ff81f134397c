"""Business keys in a query: pairs of a kind and a value, as they are stored with each transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from controlplane.transactions.search.sql import Fragment


class Pair(NamedTuple):
    """A business key as it is stored: the kind's small id, and the value."""

    kind_id: int
    value: str


def has_any(pairs: Iterable[Pair]) -> Fragment:
    """Whether transaction ``t`` has one of the keys: by the primary key, one look-up each."""
    wanted = list(pairs)
    if not wanted:
        return Fragment("false")
    return Fragment(
        "exists (select from transaction_key k join unnest(%s::smallint[], %s::text[]) w(kind_id, value)"
        " on k.kind_id = w.kind_id and k.value = w.value where k.transaction_id = t.id)",
        ([p.kind_id for p in wanted], [p.value for p in wanted]),
    )
