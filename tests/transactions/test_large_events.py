"""Large events: a batch takes no more of them than memory bears, and whoever shares the process has their turn."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from controlplane.foundation.database import connect, connect_async
from controlplane.transactions.models import Inbox, Transaction
from controlplane.transactions.pipeline import claiming, delivering, processing, straight, turns
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.pipeline.deliveries import Claimed
from controlplane.transactions.pipeline.room import Room
from controlplane.transactions.pipeline.straight import Straight
from controlplane.transactions.rules.states import Lane
from tests.transactions import carrying
from tests.transactions.conftest import paid
from tests.transactions.memory import Target
from tests.transactions.quick import LEDGER, tell

pytestmark = pytest.mark.django_db(transaction=True)

#: Of the text in each of these events; the rest of it has less than a kilobyte.
LARGE = 10_000


def large(number: int) -> dict[str, Any]:
    """A paid invoice with a long description."""
    return paid(number, description="x" * LARGE)


def test_a_batch_takes_no_more_than_memory_bears_and_leaves_the_rest(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processing, "MOST_BYTES", LARGE * 5 // 2)
    story = tell(target, steps=[LEDGER])
    events = story.send(large(1), large(2), large(3))
    assert carrying.process_one_batch() == 2
    assert list(Transaction.objects.order_by("id").values_list("id", flat=True)) == events[:2]
    assert list(Inbox.objects.values_list("transaction_id", "lease_token", "tries")) == [(events[2], None, 0)]
    carrying.carry()
    assert sorted(story.numbers) == ["INV-0001", "INV-0002", "INV-0003"]


def test_an_event_that_is_larger_than_a_batch_may_be_is_taken_alone(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processing, "MOST_BYTES", 100)
    story = tell(target, steps=[LEDGER])
    story.send(large(1), large(2))
    assert [carrying.process_one_batch() for _ in range(3)] == [1, 1, 0]


def test_the_urgent_ones_are_taken_first(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processing, "MOST_BYTES", 100)
    story = tell(target, steps=[LEDGER])
    events = story.send(large(1), large(2))
    Inbox.objects.filter(transaction_id=events[1]).update(lane=Lane.CRITICAL)
    assert carrying.process_one_batch() == 1
    assert Transaction.objects.get().id == events[1]


def test_others_have_their_turn_between_one_event_and_the_next(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether they are read, judged, given to deliveries or mapped."""
    monkeypatch.setattr(turns, "MOST_AT_A_STRETCH", 0)
    story = tell(target, steps=[LEDGER])
    story.send(*(large(number) for number in range(1, 5)))
    catalogue.forget()
    had: dict[str, list[int]] = {}

    async def run() -> None:
        turn = 0

        def noted(place: Any, name: str) -> None:
            original = getattr(place, name)

            def wrapped(*given: Any, **more: Any) -> Any:
                had.setdefault(name, []).append(turn)
                return original(*given, **more)

            monkeypatch.setattr(place, name, wrapped)

        async def others() -> None:
            nonlocal turn
            while True:
                turn += 1
                await asyncio.sleep(0)

        for place, name in ((processing, "arrive"), (processing, "judge"), (straight, "context_of")):
            noted(place, name)
        noted(delivering, "_prepare")
        sharing = asyncio.create_task(others())
        claimed: list[Claimed] = []
        async with await connect_async() as own:
            assert await processing.process_batch(own, catalogue, straight=Straight(Room(), claimed.append)) == 4
            await delivering.make_ready(own, claimed[0])
        sharing.cancel()

    asyncio.run(run())
    assert {name: len(set(seen)) for name, seen in had.items()} == {
        "arrive": 4,
        "judge": 4,
        "context_of": 4,
        "_prepare": 4,
    }


def test_no_event_is_read_while_its_destination_is_held(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    story = tell(target, steps=[LEDGER])
    story.send(large(1), large(2))
    catalogue.forget()
    seen: list[tuple[int, int]] = []
    context_of = claiming.context_of

    def watched(*given: Any, **more: Any) -> dict[str, Any]:
        with connect() as other:
            leased = other.execute("select from step_queue where lease_token is not null").rowcount
            free = other.execute("select from destination_state for update skip locked").rowcount
        seen.append((leased, free))
        return context_of(*given, **more)

    monkeypatch.setattr(straight, "context_of", watched)

    async def run() -> None:
        async with await connect_async() as own:
            await processing.process_batch(own, catalogue, straight=Straight(Room(), lambda _: None))

    asyncio.run(run())
    assert seen == [(2, 2), (2, 2)]
