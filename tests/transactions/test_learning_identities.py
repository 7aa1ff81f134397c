"""Identities learned from events: what a contract says of the ids in a record, and what that costs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from controlplane.inventory.identities.merge import merge
from controlplane.inventory.identities.split import split
from controlplane.inventory.models import Identity, IdentityAlias
from controlplane.people.roles import Role
from controlplane.transactions.pipeline.identities import learn_from_events
from controlplane.transactions.pipeline.learning import Woken
from controlplane.transactions.rules.states import TransactionState
from tests.transactions import carrying
from tests.transactions.conftest import paid
from tests.transactions.factories import Estate, an_access
from tests.transactions.identities import identity, names, send, state, waiting_estate, written
from tests.transactions.memory import Target

pytestmark = pytest.mark.django_db(transaction=True)

#: The sender's customer has this number in the ERP.
LINK = {"kind": "customer", "key": "record.customer", "value": "record.erp_number", "target": "billing-erp"}
#: Every event names a customer of the sender.
OWN = {"kind": "customer", "key": "record.customer"}


def linked(target: Target, *links: dict[str, str], **more: Any) -> Estate:
    return waiting_estate(target, links=links or (LINK,), **more)


def learn(billing: Estate, number: int = 1, **record: Any) -> UUID:
    (one,) = send(billing, paid(number, **record))
    carrying.process()
    return one


def test_what_a_contract_links_is_learned_as_the_event_is_processed_and_says_by_whom(target: Target) -> None:
    billing = linked(target)
    learn(billing, erp_number="party-7")
    assert names() == [("billing-erp", "party-7"), ("billing-payments", "cus_R7v2")]
    of_erp, of_sender = IdentityAlias.objects.order_by("instance__slug")
    assert of_erp.identity_id == of_sender.identity_id
    assert (of_erp.beside, of_sender.beside) == (of_sender.pk, None)
    assert {of_erp.learnt_by_id, of_sender.learnt_by_id} == {billing.integration.pk}


def test_an_id_alone_is_learned_where_the_contract_says_whose_it_is(target: Target) -> None:
    billing = linked(target, OWN)
    learn(billing, 1)
    learn(billing, 2)
    learn(billing, 3, customer="cus_B")
    assert names() == [("billing-payments", "cus_R7v2"), ("billing-payments", "cus_B")]
    assert Identity.objects.count() == 2


def test_a_link_that_the_record_does_not_have_teaches_nothing_and_harms_nothing(target: Target) -> None:
    odd = [LINK | {"target": "nobody"}, LINK | {"kind": "nothing"}, LINK]
    billing = linked(target, *odd)
    one = learn(billing)
    carrying.carry()
    assert (names(), state(one)) == ([], TransactionState.WAITING)


def test_an_event_that_waits_goes_on_when_another_event_brings_the_link(target: Target) -> None:
    billing = linked(target)
    one = learn(billing, 1)
    carrying.carry()
    assert state(one) is TransactionState.WAITING
    learn(billing, 2, erp_number="party-7")
    carrying.carry()
    assert state(one) is TransactionState.SUCCEEDED
    assert {body["n"] for body in written(target)} == {"INV-0001", "INV-0002"}


def test_what_is_quarantined_teaches_nothing(target: Target) -> None:
    billing = linked(target)
    learn(billing, erp_number="party-7", amount_paid="a lot")
    assert names() == []


def test_the_next_event_that_names_another_record_moves_the_name_and_keeps_its_past(target: Target) -> None:
    billing = linked(target)
    learn(billing, 1, erp_number="party-7")
    learn(billing, 2, customer="cus_B", erp_number="party-8")
    learn(billing, 3, customer="cus_B", erp_number="party-7")
    assert names() == [("billing-erp", "party-7"), ("billing-erp", "party-8"), *LIVE_SENDERS]
    (past,) = IdentityAlias.objects.exclude(valid__upper_inf=True)
    assert past.value == "cus_B"
    assert past.identity_id == IdentityAlias.objects.get(value="party-8").identity_id


LIVE_SENDERS = [("billing-payments", "cus_R7v2"), ("billing-payments", "cus_B")]


def test_what_a_person_split_off_is_not_joined_again_by_traffic_but_by_a_person(target: Target) -> None:
    billing = linked(target)
    owner = an_access(Role.OWNER, billing.team)
    learn(billing, 1, erp_number="party-7")
    of_erp = IdentityAlias.objects.get(value="party-7")
    change = split(owner, of_erp.identity_id, [of_erp.pk], "Another branch")
    learn(billing, 2, erp_number="party-7")
    assert IdentityAlias.objects.values("identity").distinct().count() == 2
    assert IdentityAlias.objects.count() == 2
    merge(owner, stays=change.given_by_id, goes=change.given_to_id, reason="One after all")
    learn(billing, 3, erp_number="party-7")
    assert IdentityAlias.objects.values("identity").distinct().count() == 1


def test_they_stay_apart_when_one_of_them_is_merged_with_a_third(target: Target) -> None:
    billing = linked(target)
    owner = an_access(Role.OWNER, billing.team)
    learn(billing, 1, erp_number="party-7")
    of_erp = IdentityAlias.objects.get(value="party-7")
    change = split(owner, of_erp.identity_id, [of_erp.pk], "Another branch")
    third = Identity.objects.create(id=UUID(int=7), kind_id=of_erp.kind_id)
    merge(owner, stays=third.pk, goes=change.given_to_id, reason="That one")
    learn(billing, 2, erp_number="party-7")
    assert IdentityAlias.objects.get(value="party-7").identity_id == third.pk
    assert IdentityAlias.objects.count() == 2


def test_after_a_merge_each_id_still_leads_to_the_record_that_it_was_learned_beside(target: Target) -> None:
    """What a flow writes does not change because a person joined two customers."""
    billing = waiting_estate(target, identity(), links=[LINK])
    learn(billing, 1, erp_number="party-7")
    learn(billing, 2, customer="cus_B", erp_number="party-8")
    one, two = (IdentityAlias.objects.get(value=value).identity_id for value in ("party-7", "party-8"))
    IdentityAlias.objects.filter(identity=two).update(identity=one)  # as a merge by systems of record does
    before = IdentityAlias.objects.count()
    learn(billing, 3, erp_number="party-7")
    learn(billing, 4, customer="cus_B", erp_number="party-8")
    assert IdentityAlias.objects.count() == before


class _Counting:
    """A cursor that counts what is asked of it."""

    def __init__(self, cursor: Any) -> None:
        self.cursor = cursor
        self.asked = 0

    async def execute(self, *statement: Any) -> Any:
        self.asked += 1
        return await self.cursor.execute(*statement)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.cursor, name)


def test_a_batch_costs_nothing_without_links_and_one_statement_when_it_says_nothing_new(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, int]] = []

    async def counting(cursor: Any, drafts: Any) -> Woken:
        counted: Any = _Counting(cursor)
        woken = await learn_from_events(counted, drafts)
        asked.append((sum(len(draft.links) for draft in drafts), counted.asked))
        return woken

    monkeypatch.setattr("controlplane.transactions.pipeline.identities.learn_from_events", counting)
    billing = linked(target)
    learn(billing, 1)
    learn(billing, 2, erp_number="party-7")
    send(billing, *(paid(number, erp_number="party-7") for number in range(3, 40)))
    carrying.process()
    send(billing, *(paid(number, customer=f"cus_{number}", erp_number=f"party-{number}") for number in range(40, 90)))
    carrying.process()
    assert asked == [(0, 0), (1, 9), (37, 1), (50, 9)]
    assert Identity.objects.count() == 51
