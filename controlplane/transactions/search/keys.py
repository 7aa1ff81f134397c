"""Business keys in a query: the same customer under every id that any system knows it by (INV5)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import starmap
from typing import NamedTuple

from django.db import connection

from controlplane.inventory.models import EntityKind
from controlplane.transactions.search.sql import Fragment

#: More aliases than this are not one customer: a merge gone wrong must not make a search of thousands.
MAX_PAIRS = 200


class Pair(NamedTuple):
    """A business key as it is stored: the kind's small id, and the value."""

    kind_id: int
    value: str


def kinds() -> dict[str, int]:
    """The kinds of business keys: slug → id."""
    return dict(EntityKind.objects.order_by("id").values_list("slug", "id"))


_ALIASES = """
select distinct b.kind_id, b.value
from unnest(%s::smallint[], %s::text[]) k(kind_id, value)
join inventory_identityalias a on a.kind_id = k.kind_id and a.value = k.value
join inventory_identityalias b on b.identity_id = a.identity_id
order by 1, 2
limit %s
"""


def with_aliases(pairs: Iterable[Pair]) -> tuple[Pair, ...]:
    """``pairs`` and every id, past or present, of the identities they belong to, in any system."""
    asked = sorted(set(pairs))
    with connection.cursor() as cursor:
        cursor.execute(_ALIASES, [[p.kind_id for p in asked], [p.value for p in asked], MAX_PAIRS])
        known = list(starmap(Pair, cursor.fetchall()))
    return tuple(dict.fromkeys([*asked, *known]))


def has_any(pairs: Iterable[Pair]) -> Fragment:
    """Whether transaction ``t`` has one of the keys: by the primary key, one look-up each."""
    wanted = list(pairs)
    return Fragment(
        "exists (select from transaction_key k join unnest(%s::smallint[], %s::text[]) w(kind_id, value)"
        " on k.kind_id = w.kind_id and k.value = w.value where k.transaction_id = t.id)",
        ([p.kind_id for p in wanted], [p.value for p in wanted]),
    )
