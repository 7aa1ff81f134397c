"""What one page looks up more than once, asked for once: kinds of keys, aliases, and what is in reach.

Made anew for every page, so nothing in it outlives the question: a renamed kind, a merged customer or
a team that was taken away is true at the next click.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import starmap
from uuid import UUID

from django.db import connection

from controlplane.inventory.rules.identities import MOST_ALIASES
from controlplane.people.access import ALL, Access, Action, Within
from controlplane.transactions.search.keys import Pair
from controlplane.transactions.search.seen import WHOLE, Reads


@dataclass(frozen=True, slots=True)
class SystemMark:
    """The tile of a system: what ``{% system %}`` reads."""

    name: str
    monogram: str
    hue: int


@dataclass(frozen=True, slots=True)
class Alias:
    """An id that one instance has, or had, for an identity. ``live``: it still is."""

    kind_id: int
    value: str
    live: bool
    instance: str
    system: SystemMark
    identity_id: UUID


_ALIASES = """
select b.kind_id, b.value, upper_inf(b.valid) as live, i.name, s.name, s.monogram, s.hue, b.identity_id
from (select distinct a.identity_id
  from unnest(%s::smallint[], %s::text[]) k(kind_id, value)
  join inventory_identityalias a on a.kind_id = k.kind_id and a.value = k.value) o
join inventory_identityalias b on b.identity_id = o.identity_id
join inventory_instance i on i.id = b.instance_id
join inventory_system s on s.id = i.system_id
order by live desc, i.name, b.id desc
limit %s
"""


_KEPT = """
select array_agg(id) filter (where environment_id = e), count(*) filter (where environment_id <> e)
from inventory_integration, (select %s::smallint as e) w
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """The integrations of one environment, and how many there are in others."""

    integrations: frozenset[int]
    others: int

    @property
    def is_most(self) -> bool:
        """Whether keeping to it leaves little out, so that nothing is found sooner by it."""
        return len(self.integrations) > self.others


class Reference:
    """The look-ups of one page."""

    def __init__(self) -> None:
        self._aliases: dict[frozenset[Pair], tuple[Alias, ...]] = {}
        self._reach: dict[frozenset[int], frozenset[int]] = {}
        self._within: dict[int, Kept] = {}

    @cached_property
    def _kinds(self) -> list[tuple[int, str, str]]:
        with connection.cursor() as cursor:
            cursor.execute("select id, slug, name from inventory_entitykind order by id")
            return list(cursor.fetchall())

    @cached_property
    def kinds(self) -> dict[str, int]:
        """The kinds of business keys: slug → id."""
        return {slug: pk for pk, slug, _ in self._kinds}

    def kind_name(self, kind_id: int) -> str:
        """A kind in words: ``Customer``."""
        return next((name for pk, _, name in self._kinds if pk == kind_id), "")

    def aliases(self, pairs: Iterable[Pair]) -> tuple[Alias, ...]:
        """Every id of the identities that ``pairs`` belong to, in any system; live ones first."""
        asked = frozenset(pairs)
        if not asked:
            return ()
        if asked not in self._aliases:
            ordered = sorted(asked)
            with connection.cursor() as cursor:
                cursor.execute(_ALIASES, [[p.kind_id for p in ordered], [p.value for p in ordered], MOST_ALIASES])
                self._aliases[asked] = tuple(starmap(_alias, cursor.fetchall()))
        return self._aliases[asked]

    def with_aliases(self, pairs: Iterable[Pair]) -> tuple[Pair, ...]:
        """``pairs`` and every id, past or present, of the identities they belong to."""
        asked = sorted(set(pairs))
        known = (Pair(alias.kind_id, alias.value) for alias in self.aliases(asked))
        return tuple(dict.fromkeys([*asked, *known]))

    def kept_to(self, within: Within) -> Kept:
        """The integrations of an environment that somebody looks at."""
        if within.pk not in self._within:
            with connection.cursor() as cursor:
                cursor.execute(_KEPT, [within.pk])
                inside, outside = cursor.fetchone()
                self._within[within.pk] = Kept(frozenset(inside or ()), outside)
        return self._within[within.pk]

    def in_reach(self, access: Access, action: Action = Action.SEE_TRANSACTIONS) -> frozenset[int] | None:
        """Integrations whose transactions ``access`` may see, or do ``action`` with; None for all (invariant 10)."""
        teams = access.teams_that(action)
        if teams is ALL:
            return None
        if teams not in self._reach:
            with connection.cursor() as cursor:
                cursor.execute("select id from inventory_integration where team_id = any(%s)", [sorted(teams)])
                self._reach[teams] = frozenset(pk for (pk,) in cursor.fetchall())
        return self._reach[teams]


def reads(access: Access, reference: Reference) -> Reads:
    """How much of what vendors say this person reads, by integration."""
    whole = reference.in_reach(access, Action.SEE_PERSONAL)
    found = Reads(whole, reference.in_reach(access, Action.SEE_PAYLOADS))
    return WHOLE if found.all_of(reference.in_reach(access)) else found


def _alias(
    kind_id: int, value: str, live: bool, instance: str, name: str, monogram: str, hue: int, identity_id: UUID
) -> Alias:
    return Alias(kind_id, value, live, instance, SystemMark(name, monogram, hue), identity_id)
