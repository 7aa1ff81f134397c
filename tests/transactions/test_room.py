"""How much a carrier has under way, and for whom the inbox waits."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from controlplane.foundation import clock
from controlplane.transactions.pipeline import carrier, room
from controlplane.transactions.pipeline.catalogue import Catalogue
from controlplane.transactions.pipeline.deliveries import NOTHING, Claimed
from controlplane.transactions.pipeline.room import Room

LONG = 10.0


@dataclass
class Sent:
    """Of a delivery, what a room looks at."""

    destination: Any
    began_at: datetime | None


def some(count: int, *, to: int = 1, took: float = 0.0) -> Any:
    """So many deliveries to one destination, which take so many seconds."""
    began_at = clock.now() - timedelta(seconds=took)
    return [Sent(SimpleNamespace(id=to), began_at) for _ in range(count)]


def full_of(deliveries: Any, *, took: float = 0.0) -> Room:
    """A room with these under way; one that took so long has just ended."""
    made = Room()
    made.enter(deliveries)
    before = some(1, to=deliveries[0].destination.id, took=took)
    made.enter(before)
    made.leave(before)
    return made


async def waited(of: Room, few: int, seconds: float) -> float:
    """For how many seconds the inbox waits."""
    began = time.monotonic()
    await of.quiet(few, seconds)
    return time.monotonic() - began


async def test_the_inbox_waits_until_few_are_at_work() -> None:
    deliveries = some(5)
    made = full_of(deliveries)
    waiting = asyncio.create_task(waited(made, 3, LONG))
    await asyncio.sleep(0)
    made.leave(deliveries[:1])
    await asyncio.sleep(0)
    assert not waiting.done()
    made.leave(deliveries[1:2])
    assert await waiting < LONG / 2


async def test_it_waits_for_nobody_for_long() -> None:
    assert await waited(full_of(some(5)), 3, 0.01) < LONG / 2


@pytest.mark.parametrize("took", [1.0, 30.0])
async def test_it_does_not_wait_for_a_destination_that_is_slow(took: float) -> None:
    made = full_of(some(5), took=took)
    assert made.at_work == 0
    assert await waited(made, 3, LONG) < LONG / 2


async def test_it_does_not_wait_for_a_destination_that_has_stopped_answering(monkeypatch: pytest.MonkeyPatch) -> None:
    made = full_of(some(5))
    monkeypatch.setattr(room, "AT_WORK_SECONDS", 0.0)
    assert made.at_work == 0


async def test_where_there_is_not_room_for_all_who_wants_little_gets_it_and_the_others_share(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(room, "DELIVERIES", 40)
    monkeypatch.setattr(room, "A_DESTINATION", 20)
    made = Room()
    assert made.shared({1: 5, 2: 7}) == {1: 5, 2: 7}
    assert made.shared({1: 30}) == {1: 20}
    assert made.shared({1: 30, 2: 3, 3: 30}) == {1: 18, 2: 3, 3: 19}
    made.enter([*some(20, to=1), *some(18, to=2)])
    assert made.shared({1: 1, 3: 1, 4: 1, 5: 1}) == {4: 1, 5: 1}
    assert made.shared({}) == {}


async def test_what_a_claim_under_way_may_take_nobody_else_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "DELIVERIES", 5)
    made = Room()
    seen: list[tuple[int, int]] = []

    async def claim(*_: Any, most: int, busy: list[int]) -> Claimed:
        assert busy == []
        seen.append((most, made.left))
        return NOTHING

    async def no_connection() -> None:
        return None

    monkeypatch.setattr(carrier, "claim", claim)
    monkeypatch.setattr(carrier, "connect_async", no_connection)
    await carrier._Claiming(Catalogue(), made).claim()
    assert (seen, made.left) == ([(3, 2)], 5)


async def test_a_destination_has_a_quarter_of_the_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "DELIVERIES", 40)
    monkeypatch.setattr(room, "A_DESTINATION", 10)
    made = Room()
    made.enter(some(8, to=1))
    assert (made.left, made.left_for(1), made.left_for(2), made.busy) == (32, 2, 10, [])
    made.enter([*some(2, to=1), *some(9, to=2), *some(9, to=3), *some(9, to=4)])
    assert (made.left, made.left_for(1), made.left_for(5), made.busy) == (3, 0, 3, [1])
