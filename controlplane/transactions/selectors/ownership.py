"""What was written without the right to it: of one transaction in words, of all of them in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection

from controlplane.foundation.ids import moment, uuid7_floor
from controlplane.people.access import Access
from controlplane.transactions.models import OwnershipBreach

#: How far back the matrix counts.
COUNTED_DAYS: Final = timedelta(days=30)
#: Counting those of one attribute and system stops here.
MOST: Final = 1000
#: So many of one kind are listed with their transactions.
LISTED: Final = 20

#: Each attribute and system once, by the index, however many there are of each; then so many of each are counted.
_COUNTED = """
with recursive pairs as (
  (select entity_id, path, system_id from ownership_breach order by entity_id, path, system_id limit 1)
  union all
  select n.entity_id, n.path, n.system_id from pairs p cross join lateral (
    select b.entity_id, b.path, b.system_id from ownership_breach b
    where (b.entity_id, b.path, b.system_id) > (p.entity_id, p.path, p.system_id)
    order by b.entity_id, b.path, b.system_id limit 1) n)
select p.entity_id, p.path, p.system_id, c.number, l.id, l.record_id, l.blocked
from pairs p
cross join lateral (select count(*) number from (select from ownership_breach b
  where b.entity_id = p.entity_id and b.path = p.path and b.system_id = p.system_id and b.id >= %s limit %s) counted) c
cross join lateral (select b.id, b.record_id, b.blocked from ownership_breach b
  where b.entity_id = p.entity_id and b.path = p.path and b.system_id = p.system_id order by b.id desc limit 1) l
where c.number > 0
order by l.id desc
"""


@dataclass(frozen=True, slots=True)
class Breached:
    """How often one system wrote one attribute without the right, lately; ``blocked`` is of the last time."""

    entity_id: int
    path: str
    system_id: int
    number: int
    last: datetime
    record_id: int
    blocked: bool

    @property
    def shown(self) -> str:
        """The number, or that there are more than are counted."""
        return f"{self.number:,}" if self.number <= MOST else f"{MOST:,}+"


@dataclass(frozen=True, slots=True)
class Told:
    """One breach of a transaction, for support."""

    words: str
    blocked: bool
    attribute: str


def breached(now: datetime) -> list[Breached]:
    """All that was breached in the days that are counted, the latest first. Numbers are open to everybody."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, [uuid7_floor(now - COUNTED_DAYS), MOST + 1])
        return [
            Breached(entity, path, system, min(number, MOST + 1), moment(last), record, blocked)
            for entity, path, system, number, last, record, blocked in cursor.fetchall()
        ]


def transactions_of(access: Access, entity_id: int, path: str, system_id: int) -> list[UUID]:
    """The newest transactions that did it, of those that this person may see."""
    rows = OwnershipBreach.objects.listed_for(access).filter(entity_id=entity_id, path=path, system_id=system_id)
    newest = rows.order_by("-id").values_list("transaction_id", flat=True)[: LISTED * 2]
    return list(dict.fromkeys(newest))[:LISTED]


def told_of(transaction_id: UUID) -> list[Told]:
    """What a transaction wrote, or would have, without the right; each attribute once, as it was last."""
    rows = OwnershipBreach.objects.filter(transaction_id=transaction_id).select_related("entity", "system", "record")
    found: dict[tuple[str, int], Told] = {}
    for row in rows.order_by("id"):
        attribute = f"{row.entity.slug}.{row.path}"
        effect = "Not written." if row.blocked else "Delivered, and flagged."
        words = f"{row.system.name} does not own {attribute}; {row.record.name} does. {effect}"
        found[attribute, row.system_id] = Told(words, row.blocked, attribute)
    return list(found.values())
