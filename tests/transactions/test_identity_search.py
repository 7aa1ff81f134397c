"""Two customers joined and parted again: every search finds what it found before, whatever their ids and traffic."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from controlplane.inventory.identities.merge import merge
from controlplane.inventory.identities.split import split
from controlplane.inventory.identities.undo import undo
from controlplane.inventory.models import Identity, IdentityAlias
from controlplane.people.access import Access
from controlplane.people.roles import Role
from controlplane.transactions.selectors.finding import find
from tests.transactions.factories import Estate, an_access
from tests.transactions.traffic import NOW, a_transaction, an_identity

pytestmark = pytest.mark.django_db

VALUES = ("v1", "v2", "v3", "v4", "v5")
#: The last of an instance's ids is live, the others are past.
ids = st.lists(st.sampled_from(VALUES), min_size=1, max_size=3, unique=True)
traffic = st.lists(st.sampled_from(VALUES), max_size=6)


def results(access: Access) -> dict[str, list[UUID]]:
    """What each id finds, by its kind and without."""
    asked = [text for value in VALUES for text in (f"customer:{value}", value)]
    return {text: [row.id for row in find(access, text, "", NOW).rows] for text in asked}


@settings(
    max_examples=6,
    deadline=None,
    database=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
@given(of_one=ids, of_other=ids, keys=traffic)
def test_a_merge_and_its_undo_and_a_merge_and_a_split_restore_every_search(
    here: Estate, of_one: list[str], of_other: list[str], keys: list[str]
) -> None:
    with transaction.atomic():
        _restored(here, of_one, of_other, keys)
        transaction.set_rollback(True)


def _restored(here: Estate, of_one: list[str], of_other: list[str], keys: list[str]) -> None:
    owner = an_access(Role.OWNER, here.team)
    one = an_identity("customer", NOW, {here.source: of_one})
    other = an_identity("customer", NOW, {here.erp: of_other})
    for number, key in enumerate(keys):
        a_transaction(here, at=NOW - timedelta(minutes=number + 1), keys={"customer": key})
    before, whose = results(owner), _whose()
    change = merge(owner, stays=one.pk, goes=other.pk, reason="a")
    joined = results(owner)
    of_both = set(of_one) | set(of_other)
    everything = {row for value in of_both for row in before[f"customer:{value}"]}
    assert {frozenset(joined[f"customer:{value}"]) for value in of_both} == {frozenset(everything)}
    undo(owner, change.pk, "b")
    assert (results(owner), _whose()) == (before, whose)
    merge(owner, stays=one.pk, goes=other.pk, reason="c")
    went = IdentityAlias.objects.filter(identity=one, instance=here.erp).values_list("id", flat=True)
    split(owner, one.pk, list(went), "d")
    assert results(owner) == before
    assert Identity.objects.get(pk=other.pk).merged_into_id == one.pk


def _whose() -> dict[int, UUID]:
    return dict(IdentityAlias.objects.values_list("id", "identity"))
