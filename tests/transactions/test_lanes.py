"""Lanes of a destination: what is urgent does not wait for a long replay."""

from __future__ import annotations

import asyncio

import pytest

from controlplane.foundation.database import connect_async
from controlplane.transactions.models import StepQueue
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.pipeline.claiming import claim
from controlplane.transactions.pipeline.deliveries import Claimed
from controlplane.transactions.pipeline.processing import process_batch
from controlplane.transactions.pipeline.room import Room
from controlplane.transactions.pipeline.straight import Straight
from controlplane.transactions.rules.states import Lane
from tests.transactions import carrying
from tests.transactions.conftest import paid
from tests.transactions.factories import deliver
from tests.transactions.memory import Target
from tests.transactions.quick import tell

pytestmark = pytest.mark.django_db(transaction=True)

BULK = deliver("ledger", "billing-erp", "put", mapping={"number": "event.number"}, lane="bulk")


def bulk(target: Target, cap: int) -> None:
    """Twenty events of the bulk lane are in the inbox."""
    tell(target, steps=[BULK], max_in_flight=cap).send(*(paid(number) for number in range(20)))


def claimed() -> list[Lane]:
    """The lanes of what a worker gets, by one claim after the other until there is nothing."""

    async def until_nothing() -> list[Claimed]:
        found = []
        async with await connect_async() as own:
            while (one := await claim(own, catalogue)).deliveries:
                found.append(one)
        return found

    runs = [one.claim.step_run_id for part in asyncio.run(until_nothing()) for one in part.deliveries]
    return [Lane(lane) for lane in StepQueue.objects.filter(pk__in=runs).values_list("lane", flat=True)]


def test_a_quarter_of_a_destination_is_kept_for_what_is_more_urgent(target: Target) -> None:
    bulk(target, 8)
    carrying.process()
    assert claimed() == [Lane.BULK] * 6
    urgent = StepQueue.objects.filter(lease_token=None).values_list("pk", flat=True)[:3]
    StepQueue.objects.filter(pk__in=list(urgent)).update(lane=Lane.CRITICAL)
    assert claimed() == [Lane.CRITICAL] * 2, "the cap holds for all lanes together"


def test_what_goes_straight_from_the_inbox_leaves_it_free_as_well(target: Target) -> None:
    bulk(target, 8)
    catalogue.forget()
    taken: list[Claimed] = []

    async def process() -> None:
        async with await connect_async() as own:
            while await process_batch(own, catalogue, straight=Straight(Room(), taken.append)):
                pass

    asyncio.run(process())
    assert sum(len(one.deliveries) for one in taken) == 6
    assert claimed() == []


def test_where_few_calls_are_allowed_at_once_bulk_may_have_them_all(target: Target) -> None:
    bulk(target, 3)
    carrying.process()
    assert claimed() == [Lane.BULK] * 3
