"""Every history of learning, merging, splitting and undoing that Hypothesis can think of.

One live alias names one identity, whatever was done; nothing that was ever known is forgotten; who was merged away has
no aliases and leads to somebody; and an undo gives back exactly what its merge took, with what was learnt beside it.
"""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import Min
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from controlplane.foundation.errors import Problem
from controlplane.inventory.identities.held import led_to
from controlplane.inventory.identities.merge import merge
from controlplane.inventory.identities.split import split
from controlplane.inventory.identities.undo import undo
from controlplane.inventory.models import ChangeKind, EntityKind, Identity, IdentityAlias, IdentityChange
from controlplane.people.access import Access
from controlplane.people.roles import Role
from controlplane.transactions.pipeline import learning
from controlplane.transactions.pipeline.learning import Pair
from controlplane.transactions.search.keys import Pair as Key
from controlplane.transactions.search.reference import Reference
from tests.inventory.named import an_instance
from tests.transactions.factories import an_access, estate
from tests.transactions.playing import play

pytestmark = pytest.mark.django_db

SYSTEMS = ("crm", "erp", "shop", "desk")
VALUES = ("1", "2", "3")
FORGET = "delete from inventory_identitymove; set local session_replication_role = replica;"
FORGET += "delete from inventory_identitychange; delete from inventory_identityalias; delete from inventory_identity;"
FORGET += "set local session_replication_role = origin"
names = st.tuples(st.sampled_from(SYSTEMS), st.sampled_from(VALUES))
places = st.integers(min_value=0, max_value=30)


class History(RuleBasedStateMachine):
    """One history. ``owner`` and ``told_by`` are set on a subclass."""

    owner: ClassVar[Access]
    told_by: ClassVar[int]

    def __init__(self) -> None:
        super().__init__()
        with connection.cursor() as cursor:
            cursor.execute(FORGET)
        self.kind = EntityKind.objects.get(slug="customer").pk
        self.instances = {name: an_instance(name).pk for name in SYSTEMS}
        self.ever: dict[int, tuple[int, str, Any]] = {}

    @rule(pairs=st.lists(st.tuples(names, names), min_size=1, max_size=4))
    def events_tell(self, pairs: list[tuple[tuple[str, str], tuple[str, str]]]) -> None:
        told = [self._pair(key, value) for key, value in pairs if key[0] != value[0]]
        with connection.cursor() as cursor:
            news = play(cursor.cursor, learning.unknown(learning.in_order(told))) if told else []
            if news:
                ends = [end for pair in news for end in pair.ends]
                play(cursor.cursor, learning.lock(ends))
                play(cursor.cursor, learning.learn(news))

    def _pair(self, key: tuple[str, str], value: tuple[str, str]) -> Pair:
        issuer, target = self.instances[key[0]], self.instances[value[0]]
        return Pair(self.kind, issuer, key[1], target, value[1], self.told_by)

    @rule(stays=places, goes=places)
    def somebody_merges(self, stays: int, goes: int) -> None:
        if (both := self._two(stays, goes)) is not None:
            self._try(lambda: merge(self.owner, stays=both[0], goes=both[1], reason="a"))

    @rule(which=places, chosen=st.sets(places, min_size=1, max_size=3))
    def somebody_splits(self, which: int, chosen: set[int]) -> None:
        if not (live := _live()):
            return
        identity = live[which % len(live)]
        own = list(IdentityAlias.objects.filter(identity=identity).order_by("id").values_list("id", flat=True))
        if own:
            self._try(lambda: split(self.owner, identity, {own[one % len(own)] for one in chosen}, "a"))

    @rule(which=places)
    def somebody_undoes_a_merge(self, which: int) -> None:
        merges = list(IdentityChange.objects.filter(kind=ChangeKind.MERGE).order_by("id"))
        if merges:
            self._try(lambda: undo(self.owner, merges[which % len(merges)].pk, "a"))

    @rule(steps=st.lists(st.tuples(places, places), min_size=1, max_size=3), order=st.randoms(use_true_random=False))
    def merges_that_are_undone_leave_everything_as_it_was(self, steps: list[tuple[int, int]], order: Any) -> None:
        """In any order; also what every id finds."""
        before, found = _whose(), self._found()
        done = []
        for stays, goes in steps:
            if (both := self._two(stays, goes)) is not None:
                change = self._try(lambda: merge(self.owner, stays=both[0], goes=both[1], reason="a"))
                done += [change] if change is not None and change.moves.exists() else []
        order.shuffle(done)
        for change in done:
            undo(self.owner, change.pk, "b")
        assert _whose() == before
        assert self._found() == found

    def _two(self, one: int, other: int) -> tuple[UUID, UUID] | None:
        live = _live()
        both = (live[one % len(live)], live[other % len(live)]) if live else None
        return both if both is not None and both[0] != both[1] else None

    def _found(self) -> dict[str, frozenset[str]]:
        """What a search by each value looks for."""
        return {
            value: frozenset(pair.value for pair in Reference().with_aliases([Key(self.kind, value)]))
            for value in VALUES
        }

    def _try(self, act: Any) -> Any:
        try:
            return act()
        except Problem:
            return None

    @invariant()
    def one_live_alias_names_one_identity(self) -> None:
        live = IdentityAlias.objects.filter(valid__upper_inf=True).values_list("instance", "value")
        assert len(live) == len(set(live))

    @invariant()
    def who_was_merged_away_has_no_aliases_and_leads_to_somebody_who_was_not(self) -> None:
        assert not IdentityAlias.objects.filter(identity__merged_into__isnull=False).exists()
        identities = list(Identity.objects.values_list("id", flat=True))
        assert set(led_to(identities).values()) <= set(_live())
        assert len(led_to(identities)) == len(identities)

    @invariant()
    def history_is_kept(self) -> None:
        now = {row.id: (row.instance_id, row.value, row.valid.lower) for row in IdentityAlias.objects.all()}
        assert self.ever.items() <= now.items()
        self.ever = now

    @invariant()
    def whoever_is_merged_away_can_be_given_back_or_has_nothing_left(self) -> None:
        standing = IdentityChange.objects.filter(kind=ChangeKind.MERGE, undone_by=None)
        assert set(standing.values_list("given_by", flat=True)) == set(
            Identity.objects.exclude(merged_into=None).values_list("id", flat=True)
        )


def _live() -> list[UUID]:
    """In the order of their first aliases: ids that are made in one millisecond are in any order."""
    live = Identity.objects.filter(merged_into=None).annotate(first=Min("aliases__id"))
    return list(live.order_by("first").values_list("id", flat=True))


def _whose() -> list[tuple[Any, ...]]:
    return list(IdentityAlias.objects.order_by("id").values_list("id", "identity", "value", "valid"))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("examples", [pytest.param(4), pytest.param(200, marks=pytest.mark.peers)])
def test_no_history_forgets_or_mixes_up(examples: int) -> None:
    made = estate()

    class Here(History):
        owner = an_access(Role.OWNER, made.team)
        told_by = made.integration.pk

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=examples,
            stateful_step_count=12,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
