"""Identities as far as somebody may see them: those whose ids are keys of transactions that they see (invariant 10).

Whoever sees every team's transactions sees every identity. Others see one that traffic of theirs told of, or one of
whose ids is a key of a transaction of theirs, looked for among the newest of each id.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from controlplane.foundation.errors import NotFound
from controlplane.inventory.identities.held import led_to
from controlplane.inventory.models import Identity, IdentityAlias
from controlplane.people.access import Access, Action
from controlplane.transactions.search.reference import Reference

#: Of one page, and of those that have one id.
PAGE = 50
#: Transactions of each id that are looked at.
LOOKED_AT = 100
#: Transactions are counted so far.
COUNTED = 1000
GONE = "There is no such identity, or it is not yours to see."

_VISIBLE = f"""
select distinct a.identity_id from inventory_identityalias a
where a.identity_id = any(%(identities)s) and (a.learnt_by_id = any(%(reach)s) or exists (
  select from (select k.transaction_id from transaction_key k where k.kind_id = a.kind_id and k.value = a.value
    order by k.transaction_id desc limit {LOOKED_AT}) n
  join transaction t on t.id = n.transaction_id where t.integration_id = any(%(reach)s)))
"""

#: Each transaction once, whichever ids it names.
_COUNT = """
select count(*) from (
  select distinct k.transaction_id from unnest(%s::smallint[], %s::text[]) w(kind_id, value)
  cross join lateral (select k.transaction_id from transaction_key k where k.kind_id = w.kind_id and k.value = w.value
    limit %s) k limit %s) f
"""


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of identities, newest first. ``older`` is the cursor of the next; ``hidden`` are not for this person."""

    identities: Sequence[Identity]
    older: UUID | None = None
    hidden: int = 0


def visible(access: Access, identities: Iterable[UUID]) -> set[UUID]:
    """Those that this person may see."""
    asked = list(identities)
    reach = Reference().in_reach(access)
    if reach is None or not asked:
        return set(asked)
    with connection.cursor() as cursor:
        cursor.execute(_VISIBLE, {"identities": asked, "reach": sorted(reach)})
        return {identity for (identity,) in cursor.fetchall()}


def one(access: Access, identity: UUID) -> Identity:
    """The identity that this id leads to today; one out of reach is as if it did not exist."""
    access.require_somewhere(Action.SEE_TRANSACTIONS)
    today = led_to([identity]).get(identity)
    if today is None or not visible(access, [today]):
        raise NotFound(GONE)
    return Identity.objects.select_related("kind").get(pk=today)


def with_id(access: Access, value: str, kind: int | None = None) -> list[Identity]:
    """Those that any system calls so, or called so; of one kind where it is named."""
    rows = IdentityAlias.objects.filter(value=value.strip())
    rows = rows.filter(kind=kind) if kind is not None else rows.filter(kind__in=Reference().kinds.values())
    found = visible(access, rows.values_list("identity_id", flat=True).distinct()[:PAGE])
    return list(Identity.objects.filter(id__in=found).select_related("kind").order_by("-id"))


def newest(access: Access, kind: int | None = None, below: UUID | None = None) -> Listed:
    """A page of them, newest first, without those that were merged away."""
    rows = Identity.objects.filter(merged_into=None).select_related("kind").order_by("-id")
    if kind is not None:
        rows = rows.filter(kind=kind)
    if below is not None:
        rows = rows.filter(id__lt=below)
    page = list(rows[: PAGE + 1])
    shown = visible(access, [row.id for row in page[:PAGE]])
    listed = [row for row in page[:PAGE] if row.id in shown]
    return Listed(listed, page[PAGE - 1].id if len(page) > PAGE else None, len(page[:PAGE]) - len(listed))


def transactions_of(aliases: Collection[IdentityAlias]) -> int:
    """How many transactions name one of these ids; not counted beyond ``COUNTED``."""
    pairs = sorted({(alias.kind_id, alias.value) for alias in aliases})
    columns: list[Any] = [[kind for kind, _ in pairs], [value for _, value in pairs]]
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [*columns, COUNTED + 1, COUNTED + 1])
        found: int = cursor.fetchone()[0]
    return found
