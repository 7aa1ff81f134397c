"""A destination's rate is kept by all workers together, to the call."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from itertools import pairwise
from typing import Any

import psycopg
import pytest
from django.db import connection

from controlplane.foundation import clock
from controlplane.foundation.database import AsyncConnection, connect_async
from controlplane.transactions.models import Attempt, DestinationState, StepQueue
from controlplane.transactions.pipeline import claiming
from controlplane.transactions.pipeline.catalogue import KnownDestination, catalogue
from controlplane.transactions.pipeline.claiming import claim
from controlplane.transactions.pipeline.deliveries import Claimed, Delivery
from controlplane.transactions.pipeline.delivering import make_ready, send
from controlplane.transactions.pipeline.outward import Outward
from controlplane.transactions.pipeline.pacing import Slots, needed, turn
from controlplane.transactions.rules.breaker import PROBES
from controlplane.transactions.rules.rate import HEADROOM, TOLERANCE, pace
from controlplane.transactions.rules.states import Outcome
from tests.transactions import carrying
from tests.transactions.conftest import paid
from tests.transactions.memory import Mood, Target
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


def by(connection: AsyncConnection) -> Slots:
    """The slots that this connection gets."""
    return Slots(lambda: nullcontext(connection))


def nobody_is_late() -> nullcontext[AsyncConnection]:
    """In place of a connection, where no slot is missed."""
    raise AssertionError("nobody was late")


def waits(claimed: list[Claimed]) -> list[float]:
    """The slots of all, in seconds from the first."""
    found = sorted(d.claim.wait for one in claimed for d in one.deliveries if d.claim.wait is not None)
    return [wait - found[0] for wait in found]


def test_a_second_of_slots_is_given_out_at_the_pace(target: Target) -> None:
    # The fifth slot begins 130 ms before the second is over and the next 87 ms after it, however busy the machine is.
    full(target, 40, rate_per_second=5)
    (claimed,) = asyncio.run(claims(1))
    found = waits([claimed])
    assert len(found) == 5
    assert [round(after - before, 4) for before, after in pairwise(found)] == [round(1 / pace(5), 4)] * 4
    assert pace(5) == 5 * (1 - HEADROOM)


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
            assert await turn(late, [delivery], by(own))
            went.append(time.monotonic())
        return went


def test_a_slot_too_late_in_the_lease_is_left_to_the_next_worker(target: Target) -> None:
    full(target, 2, rate_per_second=10)
    assert asyncio.run(_turn_with_a_lease_of(0.05)) == [True, False]


async def _turn_with_a_lease_of(seconds: float) -> list[bool]:
    """Whether each gets its turn, where calls may begin for so many seconds."""
    async with await connect_async() as own:
        claimed = await claim(own, catalogue)
        first, now = claimed.deliveries[0], time.monotonic()
        short = Claimed(claimed.deliveries, now - (first.claim.wait or 0.0), now + seconds + needed(first.destination))
        return [await turn(short, [one], Slots(nobody_is_late)) for one in short.deliveries]


def test_what_could_not_end_within_its_lease_is_given_back_unsent(target: Target) -> None:
    """Its worker stood still for a while: the call would be cut off, and sent again by whoever takes it over."""
    full(target, 1)
    handed: list[Delivery] = []

    async def late() -> None:
        outward = Outward()
        async with await connect_async() as own:
            claimed = await claim(own, catalogue)
            assert claimed.deliveries[0].destination.deadline == 30
            await make_ready(own, claimed)
            left = Claimed(claimed.deliveries, claimed.since, time.monotonic() + 30)
            await send(outward, left, by(own), handed.extend)
        await outward.aclose()

    asyncio.run(late())
    row = StepQueue.objects.get()
    assert (target.operations, handed, row.lease_token, row.tries) == ([], [], None, 0)
    assert carrying.deliver() == 1
    assert [Outcome(one.outcome) for one in Attempt.objects.all()] == [Outcome.SUCCEEDED]


@pytest.mark.parametrize(
    ("lease", "deadline", "seconds"),
    [
        (40, 30, 31),
        (35, 30, 31),
        (40, 5, 6),
        (32, 30, 28),
        (30, 60, 26),
        (8, 30, 4),
        (4, 30, 2),
        (4, 0.5, 1.5),
        (0, 30, 0),
    ],
)
def test_a_call_needs_its_deadline_and_a_second_and_never_all_of_a_short_lease(
    settings: Any, lease: int, deadline: float, seconds: float
) -> None:
    settings.LEASE_SECONDS = lease
    connector: Any = None
    assert needed(KnownDestination(1, "to", "There", 1, connector, "", {}, {}, deadline, ())) == seconds


def test_taking_the_rate_away_frees_what_is_late(target: Target) -> None:
    full(target, 1, rate_per_second=10)

    async def late() -> bool:
        async with await connect_async() as own:
            claimed = await claim(own, catalogue)
            await own.execute("update destination_state set rate_per_second = null")
            before = Claimed(claimed.deliveries, claimed.since - 10, claimed.until)
            return await turn(before, before.deliveries, by(own))

    assert asyncio.run(late())
    assert DestinationState.objects.exclude(rate_per_second=None).count() == 0


def test_a_call_that_gets_no_slot_leaves_none_of_those_beside_it_alone(target: Target) -> None:
    """Its slot is missed and the database is away: the others, which are under way, are still waited for."""
    full(target, 2)
    handed: list[Delivery] = []

    async def run() -> list[Delivery]:
        (claimed,) = await claims(1)
        missed, other = claimed.deliveries
        missed.claim = replace(missed.claim, wait=0.0)
        late = Claimed([missed, other], time.monotonic() - 1, claimed.until)
        target.moods.append(Mood.WAITS)

        def away() -> nullcontext[AsyncConnection]:
            asyncio.get_running_loop().call_later(0.05, setattr, target, "let", True)
            raise psycopg.OperationalError("the database is away")

        outward = Outward()
        with pytest.raises(psycopg.OperationalError):
            await send(outward, late, Slots(away), handed.extend)
        found = list(handed)
        await outward.aclose()
        assert missed.called is None
        return found

    (one,) = asyncio.run(run())
    assert one.called is not None
    assert one.called.outcome is Outcome.SUCCEEDED


def test_at_a_slow_rate_a_call_that_is_a_little_late_keeps_its_slot(target: Target) -> None:
    full(target, 1, rate_per_second=0.1)

    async def goes(late: float) -> bool:
        async with await connect_async() as own:
            claimed = await claim(own, catalogue)
            began = Claimed(claimed.deliveries, time.monotonic() - late, claimed.until)
            return await turn(began, began.deliveries, Slots(nobody_is_late))

    assert asyncio.run(goes(0.4))


def test_what_finds_no_slot_in_its_lease_is_given_back_and_nobody_is_said_to_have_vanished(target: Target) -> None:
    full(target, 1, rate_per_second=0.01)
    asyncio.run(_send_too_late())
    row = StepQueue.objects.get()
    assert (target.operations, row.lease_token, row.tries) == ([], None, 0)
    assert carrying.deliver() == 0, "the next slot is more than a minute away"
    with connection.cursor() as cursor:
        cursor.execute("update destination_state set tat = now()")
    assert carrying.deliver() == 1
    assert [Outcome(one.outcome) for one in Attempt.objects.all()] == [Outcome.SUCCEEDED]


@pytest.mark.parametrize(
    "state",
    [
        "paused_until = now() + interval '1 minute'",
        "breaker = 1, breaker_until = now() + interval '1 minute'",
        "breaker = 1, breaker_until = now() - interval '1 second'",
    ],
    ids=["paused", "open", "not probed yet"],
)
def test_what_missed_its_slot_is_not_sent_to_a_destination_that_is_paused_or_broken(target: Target, state: str) -> None:
    full(target, 1, rate_per_second=10)
    asyncio.run(_send_too_late(f"update destination_state set {state}"))
    row = StepQueue.objects.get()
    assert (target.operations, row.lease_token, row.tries) == ([], None, 0)
    with connection.cursor() as cursor:
        cursor.execute("update destination_state set tat = null, breaker = 0, paused_until = now()")
    assert carrying.deliver() == 1


def test_what_missed_its_slot_is_not_sent_to_a_destination_that_was_switched_off(target: Target) -> None:
    full(target, 1, rate_per_second=10)
    asyncio.run(_send_too_late("update transactions_destination set active = false"))
    assert (target.operations, StepQueue.objects.get().lease_token) == ([], None)


def test_a_probe_that_missed_its_slot_gets_another(target: Target) -> None:
    full(target, PROBES + 1, rate_per_second=10)
    DestinationState.objects.update(breaker=1, breaker_until=clock.now())
    asyncio.run(_send_too_late())
    assert len(target.operations) == PROBES
    assert list(DestinationState.objects.values_list("breaker", flat=True).order_by("breaker")) == [1, 2]


async def _send_too_late(meanwhile: str = "select") -> None:
    """A worker that stood still between its claim and its slot for longer than a call may be late."""
    outward = Outward()
    async with await connect_async() as own:
        claimed = await claim(own, catalogue)
        await make_ready(own, claimed)
        await own.execute(meanwhile)
        await send(outward, Claimed(claimed.deliveries, claimed.since - 20, claimed.until), by(own), lambda _: None)
    await outward.aclose()


def test_a_slot_that_would_be_after_the_lease_is_left_to_others(target: Target) -> None:
    full(target, 1, rate_per_second=0.01)

    (claimed,) = asyncio.run(claims(1))

    async def reserve(left: float) -> float | None:
        async with await connect_async() as own:
            slot = await by(own).reserve(claimed.deliveries[0].destination.id, 1, left)
            return slot.at - time.monotonic() if slot else None

    assert asyncio.run(reserve(40)) is None
    seconds = asyncio.run(reserve(200))
    assert seconds is not None
    assert 100 < seconds < 109


class _Queued:
    """A connection that waits for eight seconds until a transaction of its begins."""

    def __init__(self, own: AsyncConnection) -> None:
        self.own, self.now = own, 100.0

    def monotonic(self) -> float:
        return self.now

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        self.now += 8
        async with self.own.transaction():
            yield

    def __getattr__(self, name: str) -> Any:
        return getattr(self.own, name)


def test_calls_are_not_early_for_their_slots_however_long_the_claim_had_to_wait(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    full(target, 1, rate_per_second=10)

    async def late() -> Claimed:
        async with await connect_async() as own:
            queued: Any = _Queued(own)
            monkeypatch.setattr(claiming, "time", queued)
            return await claim(queued, catalogue)

    claimed = asyncio.run(late())
    assert (claimed.since, claimed.until) == (108, 140), "slots count from the answer, the lease from the question"
    (wait,) = [delivery.claim.wait for delivery in claimed.deliveries]
    assert wait is not None
    assert -1 < wait < 0, "the slot was free, and the answer came a little later"


def test_how_long_the_answer_was_under_way_counts_as_late(target: Target) -> None:
    full(target, 1, rate_per_second=10)

    async def goes(slack: float) -> bool:
        async with await connect_async() as own:
            claimed = await claim(own, catalogue)
            (wait,) = [delivery.claim.wait or 0.0 for delivery in claimed.deliveries]
            heard = Claimed(claimed.deliveries, time.monotonic() - wait, claimed.until, slack)
            return await turn(heard, heard.deliveries, Slots(nobody_is_late))

    with pytest.raises(AssertionError, match="nobody was late"):
        asyncio.run(goes(TOLERANCE + 0.001))
