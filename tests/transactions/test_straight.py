"""From processing straight to delivering: who may, who has to wait in the queue, and what holds all the same."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from controlplane.foundation import clock
from controlplane.foundation.database import connect, connect_async
from controlplane.transactions.models import Attempt, Destination, DestinationState, StepQueue, StepRun, Transaction
from controlplane.transactions.pipeline import room, straight
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.pipeline.claiming import claim, load
from controlplane.transactions.pipeline.deliveries import Claimed, Delivery
from controlplane.transactions.pipeline.delivering import carry_out
from controlplane.transactions.pipeline.finishing import finish
from controlplane.transactions.pipeline.outward import Outward
from controlplane.transactions.pipeline.processing import process_batch
from controlplane.transactions.pipeline.room import Room
from controlplane.transactions.pipeline.straight import Straight
from controlplane.transactions.rules.states import Outcome, StepState, TransactionState
from tests.transactions import carrying
from tests.transactions.conftest import paid
from tests.transactions.factories import deliver
from tests.transactions.locks import until_somebody_waits
from tests.transactions.look_ups import look_up
from tests.transactions.memory import Target
from tests.transactions.quick import LEDGER, QuickStory, tell

pytestmark = pytest.mark.django_db(transaction=True)

#: A second step that waits for no other.
NOTIFY = deliver("notify", "billing-notify", "put", mapping={"number": "event.number"})


async def _process(taking: Room, *, batch: int = 200) -> list[Claimed]:
    claimed: list[Claimed] = []
    async with await connect_async() as own:
        straight = Straight(taking, claimed.append)
        while await process_batch(own, catalogue, batch=batch, straight=straight):
            pass
    return claimed


def process(taking: Room | None = None) -> list[Delivery]:
    """What was taken at once of all that was in the inbox."""
    catalogue.forget()

    async def in_time() -> list[Claimed]:
        async with asyncio.timeout(15):
            return await _process(taking or Room())

    return [one for claimed in asyncio.run(in_time()) for one in claimed.deliveries]


def carry(deliveries: list[Delivery]) -> None:
    """Carry out what was taken, and write what came of it."""

    async def run() -> None:
        outward = Outward()
        async with await connect_async() as own:
            await carry_out(own, outward, Claimed(deliveries))
            await finish(own, catalogue, deliveries)
        await outward.aclose()

    asyncio.run(run())


def sent(story: QuickStory, count: int) -> list[UUID]:
    """So many events in the inbox."""
    return list(story.send(*(paid(number) for number in range(1, count + 1))))


def state(**columns: Any) -> None:
    """Set columns of every destination's state."""
    DestinationState.objects.update(**columns)


def test_what_is_processed_is_carried_out_without_being_looked_for(target: Target) -> None:
    story = tell(target, steps=[LEDGER, NOTIFY])
    events = sent(story, 3)
    taken = process()
    assert [one.event_id for one in taken if one.step.name == "ledger"] == events
    assert len(taken) == 6
    assert not StepQueue.objects.filter(lease_token=None).exists()
    carry(taken)
    assert [one.state for one in Transaction.objects.all()] == [TransactionState.SUCCEEDED] * 3
    assert {Outcome(one.outcome) for one in Attempt.objects.all()} == {Outcome.SUCCEEDED}
    assert not StepQueue.objects.exists()


def test_what_is_taken_at_once_is_known_as_well_as_what_is_read(target: Target) -> None:
    story = tell(target, steps=[LEDGER, NOTIFY], ordering="")
    sent(story, 2)
    taken = process()

    async def read() -> list[Delivery]:
        async with await connect_async() as own:
            return await load(own, catalogue, [one.claim for one in taken])

    found = asyncio.run(read())
    assert sorted(found, key=_run) == sorted(taken, key=_run)


def _run(delivery: Delivery) -> UUID:
    return delivery.claim.step_run_id


@pytest.mark.parametrize(
    "unwell",
    [
        lambda: state(paused_until="9000-01-01T00:00:00Z"),
        lambda: state(breaker=1, breaker_until="9000-01-01T00:00:00Z"),
        lambda: state(breaker=2),
        lambda: state(failures=1),
        lambda: state(rate_per_second=5),
        lambda: Destination.objects.update(active=False),
    ],
    ids=["paused", "breaker open", "probing", "failed lately", "has a rate", "retired"],
)
def test_a_destination_that_is_not_well_or_has_a_rate_is_left_to_claims(
    target: Target, unwell: Callable[[], object]
) -> None:
    story = tell(target, steps=[LEDGER])
    unwell()
    sent(story, 2)
    assert process() == []
    assert StepQueue.objects.filter(lease_token=None, tries=0).count() == 2


def test_an_order_is_kept_by_claims(target: Target) -> None:
    story = tell(target, steps=[LEDGER], ordering="event.customer.id")
    sent(story, 2)
    assert process() == []
    carrying.deliver()
    assert story.numbers == ["INV-0001", "INV-0002"]


def test_a_question_is_left_to_claims(target: Target) -> None:
    story = tell(target, steps=[look_up()])
    story.estate.notifier.settings = {"look_ups": {"customer": "/customers/{key}"}}
    story.estate.notifier.save()
    sent(story, 1)
    assert process() == []
    assert StepQueue.objects.filter(lease_token=None, tries=0).count() == 1


def test_nobody_overtakes_what_waits(target: Target) -> None:
    story = tell(target, steps=[LEDGER, NOTIFY])
    story.send(paid(1))
    carrying.process()
    StepQueue.objects.filter(destination_id=story.estate.to_notifier.pk).delete()
    story.send(paid(2))
    assert [one.destination for one in process()] == [_known(story.estate.to_notifier.pk)]
    carrying.deliver()
    assert story.numbers == ["INV-0001", "INV-0002"]


def _known(destination: int) -> Any:
    return catalogue.snapshot().destinations[destination]


def test_the_cap_holds_for_what_is_taken_and_what_is_claimed_together(target: Target) -> None:
    story = tell(target, steps=[LEDGER], max_in_flight=5)
    sent(story, 3)
    first = process()
    story.send(*(paid(number) for number in range(4, 12)))
    second = process()
    assert (len(first), len(second)) == (3, 2)

    async def claimed() -> int:
        async with await connect_async() as own:
            return len((await claim(own, catalogue)).deliveries)

    assert asyncio.run(claimed()) == 0
    carry([*first, *second])
    assert asyncio.run(claimed()) == 5


def test_the_cap_holds_where_several_take_at_the_same_moment(target: Target) -> None:
    story = tell(target, steps=[LEDGER], max_in_flight=8)
    sent(story, 60)
    catalogue.forget()

    async def several() -> list[list[Claimed]]:
        return await asyncio.gather(*(_process(Room(), batch=6) for _ in range(6)))

    taken = [claimed for one in asyncio.run(several()) for claimed in one]
    assert sum(len(one.deliveries) for one in taken) == 8
    assert StepQueue.objects.exclude(lease_token=None).count() == 8
    assert StepQueue.objects.filter(lease_token=None).count() == 52


def test_a_destination_that_a_stopped_worker_holds_keeps_nobody_waiting(target: Target) -> None:
    """Neither what goes to others, nor the batch: what is for it is queued."""
    story = tell(target, steps=[LEDGER, NOTIFY])
    sent(story, 2)
    with connect() as stopped, stopped.transaction():
        stopped.execute(
            "select from destination_state where destination_id = %s for no key update", [story.estate.to_erp.pk]
        )
        taken = process()
        assert [one.step.name for one in taken] == ["notify", "notify"]
        waiting = StepQueue.objects.filter(lease_token=None, tries=0)
        assert [one.destination_id for one in waiting] == [story.estate.to_erp.pk] * 2
    carry(taken)
    carrying.deliver()
    assert [one.state for one in Transaction.objects.all()] == [TransactionState.SUCCEEDED] * 2


def test_a_claim_that_commits_in_a_moment_is_waited_for(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(straight, "PATIENCE", "30s")
    story = tell(target, steps=[LEDGER])
    sent(story, 2)
    held = "select from destination_state for no key update"
    with connect() as other, ThreadPoolExecutor(1) as threads:
        with other.transaction():
            other.execute(held)
            taking = threads.submit(process)
            until_somebody_waits()
        assert len(taking.result(30)) == 2


def test_a_worker_takes_no_more_than_it_has_room_for(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "A_DESTINATION", 3)
    story = tell(target, steps=[LEDGER], max_in_flight=100)
    sent(story, 5)
    assert len(process()) == 3


def test_several_destinations_together_get_no_more_than_a_worker_has_room_for(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "DELIVERIES", 4)
    monkeypatch.setattr(room, "A_DESTINATION", 4)
    story = tell(target, steps=[LEDGER, NOTIFY])
    sent(story, 3)
    assert sorted(one.step.name for one in process()) == ["ledger", "ledger", "notify", "notify"]


def test_the_critical_lane_is_taken_first(target: Target) -> None:
    bulk = deliver("ledger", "billing-erp", "put", mapping={"number": "event.number"}, lane="bulk")
    critical = deliver("first", "billing-erp", "put", mapping={"number": "event.number"}, lane="critical")
    story = tell(target, steps=[bulk, critical], max_in_flight=2)
    sent(story, 2)
    assert [one.step.name for one in process()] == ["first", "first"]


def test_what_a_worker_took_and_vanished_with_is_taken_over_and_recorded(target: Target) -> None:
    story = tell(target, steps=[LEDGER])
    sent(story, 1)
    (lost,) = process()
    carrying.let_time_pass()
    carrying.deliver()
    assert [Outcome(one.outcome) for one in Attempt.objects.order_by("number")] == [
        Outcome.TAKEN_OVER,
        Outcome.SUCCEEDED,
    ]
    assert Attempt.objects.earliest("number").lease_token == lost.claim.token
    assert StepRun.objects.get().state == StepState.SUCCEEDED


def test_the_lease_is_never_taken_for_longer_than_it_is(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even where the transaction had been under way for a while before it was given."""
    story = tell(target, steps=[LEDGER])
    sent(story, 1)

    async def take_long(cursor: Any, _drafts: Any) -> None:
        await cursor.execute("select pg_sleep(0.5)")

    monkeypatch.setattr("controlplane.transactions.pipeline.canaries.count", take_long)
    catalogue.forget()
    (claimed,) = asyncio.run(_process(Room()))
    now, believed = clock.now(), claimed.until - time.monotonic()
    assert believed <= (StepQueue.objects.get().due_at - now).total_seconds()


def test_a_transaction_that_cannot_be_committed_takes_nothing(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    story = tell(target, steps=[LEDGER])
    sent(story, 1)
    with connection.cursor() as cursor:
        cursor.execute("create function refuse() returns trigger language plpgsql as 'begin raise data_exception; end'")
        cursor.execute(
            "create constraint trigger refused after insert on step_queue deferrable initially deferred "
            "for each row execute function refuse()"
        )
    try:
        assert process() == []
    finally:
        with connection.cursor() as cursor:
            cursor.execute("drop trigger refused on step_queue")
            cursor.execute("drop function refuse()")
    assert not StepQueue.objects.exists()
