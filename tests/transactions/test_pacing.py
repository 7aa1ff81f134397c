"""A destination's rate is kept by all workers together, to the call."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection

from controlplane.foundation.database import connect_async
from controlplane.transactions.models import DestinationState
from controlplane.transactions.pipeline import pacing
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.pipeline.claiming import claim
from controlplane.transactions.pipeline.deliveries import Claimed
from controlplane.transactions.rules.rate import HEADROOM, TOLERANCE, pace
from tests.transactions import carrying
from tests.transactions.conftest import paid
from tests.transactions.memory import Target
from tests.transactions.quick import LEDGER, tell

pytestmark = pytest.mark.django_db(transaction=True)


def full(target: Target, events: int, **options: Any) -> None:
    """So many events for one destination, ready to be claimed."""
    story = tell(target, steps=[LEDGER], max_in_flight=1000, **options)
    story.send(*(paid(number) for number in range(events)))
    carrying.process()


async def claims(workers: int) -> list[Claimed]:
    """What several workers claim at the same time."""
    connections = [await connect_async() for _ in range(workers)]
    try:
        return await asyncio.gather(*(claim(one, catalogue) for one in connections))
    finally:
        for one in connections:
            await one.close()


def waits(claimed: list[Claimed]) -> list[float]:
    """The slots of all, in seconds from the first."""
    found = sorted(d.claim.wait for one in claimed for d in one.deliveries if d.claim.wait is not None)
    return [wait - found[0] for wait in found]


def test_a_second_of_slots_is_given_out_at_the_pace(target: Target) -> None:
    full(target, 40, rate_per_second=20)
    (claimed,) = asyncio.run(claims(1))
    found = waits([claimed])
    assert len(found) == 19
    assert [round(after - before, 4) for before, after in pairwise(found)] == [round(1 / pace(20), 4)] * 18
    assert pace(20) == 20 * (1 - HEADROOM)


def test_nobody_gets_more_until_there_is_a_slot_within_the_second(target: Target) -> None:
    full(target, 60, rate_per_second=20)
    began = time.monotonic()
    taken = sum(len(one.deliveries) for _ in range(3) for one in asyncio.run(claims(2)))
    passed = time.monotonic() - began
    assert 19 <= taken <= 19 + 1 + passed * pace(20)
    with connection.cursor() as cursor:
        cursor.execute("select tat - now() < interval '1.06 seconds' from destination_state where tat is not null")
        assert cursor.fetchone() == (True,)


def test_a_rate_below_one_a_second_sends_one_at_a_time(target: Target) -> None:
    full(target, 5, rate_per_second=0.1)
    (claimed,) = asyncio.run(claims(1))
    assert len(claimed.deliveries) == 1
    (nothing,) = asyncio.run(claims(1))
    assert len(nothing.deliveries) == 0


def test_without_a_rate_nothing_waits(target: Target) -> None:
    full(target, 5)
    (claimed,) = asyncio.run(claims(1))
    assert (len(claimed.deliveries), claimed.paced) == (5, False)


def test_calls_wait_for_their_slots(target: Target) -> None:
    full(target, 5, rate_per_second=50)
    began = time.monotonic()
    assert carrying.deliver() == 5
    assert time.monotonic() - began >= 4 / 50


def test_a_call_that_missed_its_slot_takes_a_new_one_behind_the_others(target: Target) -> None:
    full(target, 5, rate_per_second=10)
    late = asyncio.run(_send_late())
    # Nine or ten slots of the second are not given out to them again: theirs come after.
    assert all(after - before >= 1 / 10 - TOLERANCE for before, after in pairwise(late))


async def _send_late() -> list[float]:
    """When each call was let go, of a claim that its worker sends only when all its slots are over."""
    async with await connect_async() as own:
        claimed = await claim(own, catalogue)
        late = Claimed(claimed.deliveries, claimed.since - 10, claimed.until)
        went: list[float] = []
        for delivery in late.deliveries:

            async def reserve(destination: int, calls: int) -> float | None:
                return await pacing.reserve(own, destination, calls)

            assert await pacing.turn(late, [delivery], reserve)
            went.append(time.monotonic())
        return went


def test_a_slot_after_the_end_of_the_lease_is_left_to_the_next_worker(target: Target) -> None:
    full(target, 2, rate_per_second=10)
    assert asyncio.run(_turn_with_a_lease_of(0.05)) == [True, False]


async def _turn_with_a_lease_of(seconds: float) -> list[bool]:
    async def none(_destination: int, _calls: int) -> float | None:
        raise AssertionError("nobody was late")

    async with await connect_async() as own:
        claimed = await claim(own, catalogue)
        short = Claimed(claimed.deliveries, time.monotonic(), time.monotonic() + seconds)
        return [await pacing.turn(short, [one], none) for one in short.deliveries]


def test_taking_the_rate_away_frees_what_is_late(target: Target) -> None:
    full(target, 1, rate_per_second=10)

    async def late() -> bool:
        async with await connect_async() as own:
            claimed = await claim(own, catalogue)
            await own.execute("update destination_state set rate_per_second = null")
            before = Claimed(claimed.deliveries, claimed.since - 10, claimed.until)
            return await pacing.turn(before, before.deliveries, lambda to, calls: pacing.reserve(own, to, calls))

    assert asyncio.run(late())
    assert DestinationState.objects.exclude(rate_per_second=None).count() == 0
