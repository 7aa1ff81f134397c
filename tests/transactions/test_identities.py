"""Identities learned from receipts: with several workers at once, with one that is killed, and when ids change."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from django.db import connection

from connectors.messages import Receipt
from controlplane.foundation.database import connect_async
from controlplane.inventory.models import Identity, IdentityAlias
from controlplane.transactions.pipeline import finishing
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.pipeline.claiming import claim
from controlplane.transactions.pipeline.delivering import carry_out
from controlplane.transactions.pipeline.finishing import finish
from controlplane.transactions.pipeline.outward import Outward
from controlplane.transactions.rules.states import TransactionState
from tests.transactions import carrying
from tests.transactions.conftest import paid
from tests.transactions.identities import (
    BRING,
    BRINGS,
    bring,
    names,
    send,
    state,
    waiting_estate,
    written,
)
from tests.transactions.memory import Target

pytestmark = pytest.mark.django_db(transaction=True)


BLOCKED = "select 1 from pg_locks where locktype = 'advisory' and not granted"


class _Worker:
    """One worker whose stages a test takes one by one."""

    def __init__(self) -> None:
        self.runner = asyncio.Runner()
        self.connection = self.runner.run(connect_async())

    def claim_and_carry(self) -> Any:
        """Claim what is due, and call."""

        async def work() -> Any:
            outward = Outward()
            claimed = await claim(self.connection, catalogue)
            await carry_out(self.connection, outward, claimed)
            await outward.aclose()
            return claimed

        return self.runner.run(work())

    def finish(self, claimed: Any) -> int:
        """Write what came of it."""
        return self.runner.run(finish(self.connection, catalogue, claimed.deliveries))

    def close(self) -> None:
        """Let go."""
        self.runner.run(self.connection.close())
        self.runner.close()


@pytest.fixture
def workers() -> Any:
    """Two workers."""
    both = _Worker(), _Worker()
    yield both
    for one in both:
        one.close()


def test_one_that_looked_before_the_identity_was_learned_and_begins_to_wait_after_is_not_forgotten(
    target: Target, workers: tuple[_Worker, _Worker]
) -> None:
    billing = waiting_estate(target)
    waiting, learning = workers
    send(billing, paid(1))
    carrying.process()
    looked = waiting.claim_and_carry()
    send(billing, paid(900, amount_paid=BRINGS))
    carrying.process()
    brought = learning.claim_and_carry()
    learning.finish(brought)
    waiting.finish(looked)
    carrying.deliver()
    assert written(target) == [{"n": "INV-0001", "party": "party-7"}]


def test_who_begins_to_wait_while_somebody_is_about_to_commit_what_it_waits_for_waits_for_that_commit(
    target: Target, workers: tuple[_Worker, _Worker], monkeypatch: pytest.MonkeyPatch
) -> None:
    billing = waiting_estate(target)
    waiting, learning = workers
    send(billing, paid(1))
    carrying.process()
    looked = waiting.claim_and_carry()
    send(billing, paid(900, amount_paid=BRINGS))
    carrying.process()
    brought = learning.claim_and_carry()

    learned, commit = asyncio.Event(), asyncio.Event()

    async def before_the_commit(*_: Any) -> int:
        if not learned.is_set():
            learned.set()
            await commit.wait()
        return 0

    async def at_once() -> None:
        async with await connect_async() as one, await connect_async() as other, await connect_async() as watcher:
            first = asyncio.create_task(finish(one, catalogue, brought.deliveries))
            await learned.wait()
            second = asyncio.create_task(finish(other, catalogue, looked.deliveries))
            while not await (await watcher.execute(BLOCKED)).fetchone():
                assert not second.done(), "it did not wait for the other's commit"
            commit.set()
            await asyncio.gather(first, second)

    with monkeypatch.context() as held_up:
        held_up.setattr(finishing, "promote", before_the_commit)
        asyncio.run(at_once())
    carrying.deliver()
    assert written(target) == [{"n": "INV-0001", "party": "party-7"}]


def test_a_worker_killed_over_the_customer_leaves_nobody_waiting(target: Target) -> None:
    billing = waiting_estate(target)
    (one,) = send(billing, paid(1))
    carrying.carry()
    send(billing, paid(900, amount_paid=BRINGS))
    carrying.process()
    asyncio.run(carrying.claim_and_vanish())
    assert state(one) is TransactionState.WAITING
    with connection.cursor() as cursor:
        cursor.execute("update step_queue set due_at = now() where lease_token is not null")
    carrying.deliver()
    assert state(one) is TransactionState.SUCCEEDED
    assert len(written(target)) == 1


def test_a_commit_that_fails_has_neither_learned_nor_woken(
    target: Target, monkeypatch: pytest.MonkeyPatch, workers: tuple[_Worker, _Worker]
) -> None:
    billing = waiting_estate(target)
    learning, _ = workers
    (one,) = send(billing, paid(1))
    carrying.carry()
    send(billing, paid(900, amount_paid=BRINGS))
    carrying.process()
    brought = learning.claim_and_carry()

    async def killed(*_: Any) -> None:
        raise ConnectionError

    with monkeypatch.context() as killing:
        killing.setattr(finishing, "promote", killed)
        with pytest.raises(ConnectionError):
            learning.finish(brought)
    assert names() == []
    assert carrying.deliver() == 0
    learning.finish(brought)
    carrying.deliver()
    assert state(one) is TransactionState.SUCCEEDED


def test_a_customer_that_gets_another_id_is_known_by_the_newest(target: Target) -> None:
    billing = waiting_estate(target)
    bring(billing, 901)
    target.receipt = Receipt(external_id="party-9", record={"id": 9}, status=200)
    bring(billing, 902)
    send(billing, paid(1))
    carrying.carry()
    target.receipt = Receipt(external_id="party-7", record={"id": 7}, status=200)
    bring(billing, 903)
    send(billing, paid(2))
    carrying.carry()
    assert [body["party"] for body in written(target)] == ["party-9", "party-7"]
    assert Identity.objects.count() == 1


def test_two_customers_that_turn_out_to_be_one_record_are_one_identity(target: Target) -> None:
    billing = waiting_estate(target)
    bring(billing, 901, "cus_A")
    target.receipt = Receipt(external_id="party-8", record={"id": 8}, status=200)
    bring(billing, 902, "cus_B")
    target.receipt = Receipt(external_id="party-7", record={"id": 7}, status=200)
    bring(billing, 903, "cus_B")
    send(billing, paid(1, customer="cus_B"))
    carrying.carry()
    assert [body["party"] for body in written(target)] == ["party-7"]
    both = IdentityAlias.objects.filter(value__in=["cus_A", "cus_B"], valid__upper_inf=True)
    assert both.values("identity_id").distinct().count() == 1


def test_a_link_whose_key_is_not_there_is_left_out_and_harms_nothing(target: Target) -> None:
    odd = BRING | {
        "links": [
            {"kind": "customer", "key": "event.nowhere"},
            {"kind": "customer", "key": "event.customer.id", "value": "result.record.nowhere"},
            {"kind": "customer", "key": "event.customer.id", "issuer": "nobody"},
        ]
    }
    billing = waiting_estate(target, odd)
    (one,) = send(billing, paid(1))
    carrying.carry()
    assert (state(one), names()) == (TransactionState.SUCCEEDED, [])
