"""``steward:`` finds what was written of that which somebody decides about."""

from __future__ import annotations

from uuid import UUID

import pytest

from controlplane.inventory.models import EntityAttribute, EntityKind
from controlplane.inventory.ownership.decide import decide
from controlplane.inventory.ownership.terms import Terms
from controlplane.people.access import access_for
from controlplane.people.models import Account
from controlplane.people.roles import Role
from controlplane.transactions.search.completing import completions
from controlplane.transactions.search.grammar import BadQuery
from controlplane.transactions.search.reference import Reference
from tests.transactions.factories import Estate, a_flow_version, an_access, an_account, deliver
from tests.transactions.searching import found
from tests.transactions.traffic import NOW, a_transaction

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana(here: Estate) -> Account:
    """She decides about the addresses of customers, and Ravi about all else of them."""
    accounts = [an_account(name, Role.OWNER, here.team) for name in ("Dana Okafor", "Ravi Mehta")]
    customer = EntityKind.objects.get(slug="customer")
    email = EntityAttribute.objects.get(entity=customer, pointer="/email")
    operator = an_access(Role.OPERATOR, name="Operator")
    decide(operator, customer, email, Terms("webhook", steward=accounts[0].email), "Hers.")
    decide(operator, customer, None, Terms("webhook", steward=accounts[1].email), "His.")
    return accounts[0]


def writing(here: Estate, source: str) -> UUID:
    """The id of a transaction of a flow that gives the ledger this."""
    step = deliver("ledger", "billing-erp", "send", title="Post it", mapping={"value": source})
    return a_transaction(here, at=NOW, flow_version=a_flow_version(here.flow, [step])).id


def test_it_is_found_by_whoever_decides_about_what_its_flow_writes(here: Estate, dana: Account) -> None:
    access = an_access(Role.OPERATOR)
    hers, his, neither = (
        writing(here, source) for source in ("event.customer.email", "event.customer.phone", "event.number")
    )
    for called in (dana.email, dana.email.partition("@")[0].upper(), '"dana okafor"'):
        assert set(found(f"steward:{called}", access)) == {hers}
    assert set(found('steward:"Ravi Mehta"', access)) == {his}
    assert set(found(f'steward:"Ravi Mehta",{dana.email}', access)) == {his, hers}
    assert set(found(f"-steward:{dana.email}", access)) == {neither, his}


def test_me_is_who_asks_and_may_decide_about_nothing(here: Estate, dana: Account) -> None:
    hers = writing(here, "event.customer.email")
    assert set(found("steward:me", access_for(dana))) == {hers}
    assert set(found("steward:me", an_access(Role.OPERATOR))) == set()


def test_another_steward_has_it_from_then_on(here: Estate, dana: Account) -> None:
    written = writing(here, "event.customer.email")
    ines = an_account("Ines Duarte", Role.OWNER, here.team)
    email = EntityAttribute.objects.get(entity__slug="customer", pointer="/email")
    operator = an_access(Role.OPERATOR, name="Second operator")
    decide(operator, email.entity, email, Terms("webhook", steward=ines.email), "Dana has left.")
    assert set(found("steward:ines-duarte", access_for(dana))) == {written}
    with pytest.raises(BadQuery, match="There is no steward"):
        found("steward:dana-okafor", access_for(dana))


def test_a_steward_is_completed_by_name_and_never_by_address(here: Estate, dana: Account) -> None:
    assert here
    assert dana.email == "dana-okafor@people.example"
    offered = [one.label for one in completions("steward:da", Reference().kinds)]
    assert offered == ['"dana okafor"', "dana-okafor"]
