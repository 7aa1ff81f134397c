"""Merges at once, and merges beside learning: nothing waits for ever, and no alias is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connections

from controlplane.foundation.database import Connection, connect
from controlplane.foundation.errors import Problem
from controlplane.inventory.identities.merge import merge
from controlplane.inventory.identities.undo import undo
from controlplane.inventory.models import Identity, IdentityAlias, IdentityChange, Integration
from controlplane.people.access import Access
from controlplane.people.roles import Role
from controlplane.transactions.pipeline import learning
from controlplane.transactions.pipeline.learning import Pair
from tests.inventory.named import an_instance, known_as, names_of
from tests.transactions.factories import an_access, estate
from tests.transactions.locks import until_somebody_waits
from tests.transactions.playing import play

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owner() -> Access:
    """Somebody who may merge, and an integration that tells."""
    return an_access(Role.OWNER, estate().team)


@contextmanager
def a_worker() -> Iterator[Connection]:
    """A connection such as a worker has."""
    own = connect()
    try:
        yield own
    finally:
        own.close()


def a_pair(kind_id: int, key: str, value: str) -> Pair:
    """``crm/C-1`` is ``erp/77``."""
    (issuer, _, name), (target, _, other) = key.partition("/"), value.partition("/")
    told_by = Integration.objects.earliest("id").pk
    return Pair(kind_id, an_instance(issuer).pk, name, an_instance(target).pk, other, told_by)


def learn(own: Connection, *pairs: Pair, before_it_ends: Callable[[], None] = lambda: None) -> None:
    """What a batch does that brings news."""
    with own.transaction(), own.cursor(binary=True) as cursor:
        news = play(cursor, learning.unknown(pairs))
        ends = [end for pair in news for end in pair.ends]
        play(cursor, learning.lock([*ends, *play(cursor, learning.live_names(ends))]))
        play(cursor, learning.learn(news))
        before_it_ends()


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Each in a thread and on a connection of its own; what each returned, or was refused with."""
    answers: list[Any] = [None] * len(acts)
    ready = threading.Barrier(len(acts))

    def run(place: int, act: Callable[[], Any]) -> None:
        ready.wait(10)
        try:
            answers[place] = act()
        except Problem as refused:
            answers[place] = refused
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
    return answers


def lost() -> list[str]:
    """Aliases of identities that were merged away."""
    return list(IdentityAlias.objects.filter(identity__merged_into__isnull=False).values_list("value", flat=True))


def test_two_that_are_merged_into_one_another_at_once_are_merged_once(owner: Access) -> None:
    for number in range(5):
        one, two = known_as(f"crm/{number}"), known_as(f"erp/{number}")
        answers = at_once(
            lambda: merge(owner, stays=one.pk, goes=two.pk, reason="a"),  # noqa: B023 - it has ended by then
            lambda: merge(owner, stays=two.pk, goes=one.pk, reason="b"),  # noqa: B023
        )
        assert sorted(isinstance(answer, IdentityChange) for answer in answers) == [False, True]
        assert lost() == []


def test_a_chain_that_is_merged_at_once_from_both_ends_ends_in_one_or_is_refused(owner: Access) -> None:
    for number in range(5):
        one, two, three = (known_as(f"{system}/{number}") for system in ("crm", "erp", "shop"))
        at_once(
            lambda: merge(owner, stays=one.pk, goes=two.pk, reason="a"),  # noqa: B023 - it has ended by then
            lambda: merge(owner, stays=two.pk, goes=three.pk, reason="b"),  # noqa: B023
        )
        everything = sorted(name for each in (one, two, three) for name in names_of(each))
        assert (everything, lost()) == (sorted([f"crm/{number}", f"erp/{number}", f"shop/{number}"]), [])


def test_a_merge_is_undone_once_however_many_ask(owner: Access) -> None:
    one, two = known_as("crm/C-1"), known_as("erp/77")
    change = merge(owner, stays=one.pk, goes=two.pk, reason="a")
    answers = at_once(*(lambda: undo(owner, change.pk, "b") for _ in range(3)))
    assert sum(isinstance(answer, IdentityChange) for answer in answers) == 1
    assert (names_of(one), names_of(two)) == (["crm/C-1"], ["erp/77"])


def test_a_merge_waits_for_what_is_being_learned_and_takes_it_along(owner: Access) -> None:
    one, two = known_as("crm/C-1"), known_as("erp/77")
    pair = a_pair(one.kind_id, "erp/77", "shop/s-7")
    merging = threading.Thread(target=_merged, args=(owner, one, two))
    with a_worker() as own:

        def merge_meanwhile() -> None:
            merging.start()
            until_somebody_waits()

        learn(own, pair, before_it_ends=merge_meanwhile)
        merging.join(30)
    assert (names_of(one), lost()) == (["crm/C-1", "erp/77", "shop/s-7"], [])


def _merged(owner: Access, one: Identity, two: Identity) -> None:
    try:
        merge(owner, stays=one.pk, goes=two.pk, reason="a")
    finally:
        connections.close_all()


def test_who_learns_beside_an_identity_that_is_being_merged_away_teaches_the_one_that_stays(owner: Access) -> None:
    one, two = known_as("crm/C-1"), known_as("erp/77")
    pair = a_pair(one.kind_id, "erp/77", "shop/s-7")
    with a_worker() as own, a_worker() as other:
        learning_beside = threading.Thread(target=learn, args=(other, pair))
        with own.transaction():
            # As a merge does it, held open before its end.
            own.execute("select from inventory_identity where id = any(%s) order by id for update", [[one.pk, two.pk]])
            learning_beside.start()
            until_somebody_waits()
            own.execute("update inventory_identityalias set identity_id = %s where identity_id = %s", [one.pk, two.pk])
            own.execute("update inventory_identity set merged_into_id = %s where id = %s", [one.pk, two.pk])
        learning_beside.join(30)
    assert (names_of(one), lost()) == (["crm/C-1", "erp/77", "shop/s-7"], [])


def test_an_alias_that_is_added_to_an_identity_while_it_is_merged_away_is_the_survivors(owner: Access) -> None:
    one, two = known_as("crm/C-1"), known_as("erp/77")
    instance = an_instance("shop").pk
    added = "insert into inventory_identityalias (identity_id, kind_id, instance_id, value, valid)"
    added += " values (%s, %s, %s, 's-7', tstzrange(now(), null))"
    with a_worker() as own, a_worker() as other:
        adding = threading.Thread(target=other.execute, args=(added, [two.pk, two.kind_id, instance]))
        with own.transaction():
            own.execute("select from inventory_identity where id = any(%s) order by id for update", [[one.pk, two.pk]])
            adding.start()
            until_somebody_waits()
            own.execute("update inventory_identityalias set identity_id = %s where identity_id = %s", [one.pk, two.pk])
            own.execute("update inventory_identity set merged_into_id = %s where id = %s", [one.pk, two.pk])
        adding.join(30)
    assert (names_of(one), lost()) == (["crm/C-1", "erp/77", "shop/s-7"], [])


def test_many_who_learn_and_many_who_merge_lose_nothing(owner: Access) -> None:
    identities = [known_as(f"crm{number}/C") for number in range(6)]
    pairs = [a_pair(identities[0].kind_id, f"crm{n % 6}/C", f"s{n}/x-{n}") for n in range(24)]

    def teach(mine: list[Pair]) -> None:
        with a_worker() as own:
            for pair in mine:
                learn(own, pair)

    def join() -> None:
        for number in range(1, 6):
            merge(owner, stays=identities[0].pk, goes=identities[number].pk, reason="a")

    at_once(lambda: teach(pairs[::2]), lambda: teach(pairs[1::2]), join)
    live = IdentityAlias.objects.filter(identity=identities[0], valid__upper_inf=True)
    assert live.count() == 6 + 24
    assert lost() == []
