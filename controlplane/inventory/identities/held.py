"""What identities hold, read in one statement: their aliases with systems, and where merged-away ones lead."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db import connection

from controlplane.inventory.models import Identity, IdentityAlias
from controlplane.inventory.rules.identities import Held

#: Where each of these leads: to itself, unless it was merged away. Merges are few, and no one leads in a circle.
_LED_TO = """
with recursive led(first, id, into_id) as (
  select i.id, i.id, i.merged_into_id from inventory_identity i where i.id = any(%s)
  union all
  select l.first, i.id, i.merged_into_id from led l join inventory_identity i on i.id = l.into_id)
select first, id from led where into_id is null
"""


def led_to(identities: Iterable[UUID]) -> dict[UUID, UUID]:
    """Identity → the one that it is today; one that does not exist is left out."""
    with connection.cursor() as cursor:
        cursor.execute(_LED_TO, [list(identities)])
        return dict(cursor.fetchall())


def aliases_of(identities: Iterable[UUID]) -> dict[UUID, list[IdentityAlias]]:
    """The aliases of each, live ones first, by instance and then the newest first."""
    rows = (
        IdentityAlias.objects.filter(identity__in=list(identities))
        .select_related("instance__system", "instance__environment", "learnt_by")
        .order_by("instance__name", "-id")
    )
    found: dict[UUID, list[IdentityAlias]] = defaultdict(list)
    for row in sorted(rows, key=lambda one: not is_live(one)):
        found[row.identity_id].append(row)
    return found


def is_live(alias: IdentityAlias) -> bool:
    """Whether the system calls it so today."""
    return alias.valid.upper is None


def held(aliases: Iterable[IdentityAlias]) -> list[Held]:
    """Aliases as the rules see them."""
    return [
        Held(one.id, one.instance_id, one.instance.system_id, one.value, is_live(one), one.beside) for one in aliases
    ]


def locked(identities: Sequence[UUID]) -> Mapping[UUID, Identity]:
    """These rows, locked in the order of their ids: nobody else merges them, or adds a name to them, until we commit.

    A learner holds a share of the same locks, taken in the same order (``transactions.pipeline.identities``).
    """
    rows = Identity.objects.select_for_update(of=("self",)).select_related("kind")
    return {row.id: row for row in rows.filter(id__in=set(identities)).order_by("id")}
