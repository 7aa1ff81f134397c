"""2xx means durable: with the database away, slow or overrun, nobody is told otherwise; and one id is one event."""

from __future__ import annotations

import asyncio
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import orjson
import pytest

from controlplane.foundation.database import connect
from controlplane.transactions.ingress import batches
from controlplane.transactions.models import Dedupe, Inbox, Payload, PayloadKind, Repeat
from tests.transactions.carrying import Answered
from tests.transactions.ingress.conftest import Opens
from tests.transactions.ingress.door import Door, close_door, open_door

pytestmark = pytest.mark.django_db(transaction=True)

DOORS = 4
SENDERS = 16


@contextmanager
def held() -> Iterator[None]:
    """No event can be stored meanwhile."""
    with connect() as other, other.transaction():
        other.execute("lock table dedupe in access exclusive mode")
        yield


def events(count: int) -> list[bytes]:
    """Different events."""
    return [orjson.dumps({"id": f"evt_{number}"}) for number in range(count)]


def kept() -> tuple[int, int, int]:
    """Payloads, ids and inbox rows: always as many of each."""
    payloads = Payload.objects.filter(kind=PayloadKind.RECEIVED).count()
    return payloads, Dedupe.objects.count(), Inbox.objects.count()


def test_every_2xx_is_in_the_database_when_it_is_answered(door: Door) -> None:
    answers = door.all([(body, door.signed(body)) for body in events(300)])
    assert {answer.status for answer in answers} == {202}
    assert set(Payload.objects.values_list("id", flat=True)) == {answer.id for answer in answers}
    assert set(Inbox.objects.values_list("transaction_id", flat=True)) == {answer.id for answer in answers}
    assert kept() == (300, 300, 300)


def test_while_the_database_is_away_nothing_is_accepted_and_nobody_is_told_so(
    door: Door, database_away: Callable[[], Callable[[], None]]
) -> None:
    assert door.send({"id": "evt_before"}).status == 202
    comes_back = database_away()
    answers = door.all([(body, door.signed(body)) for body in events(50)])
    assert {(answer.status, answer.headers["retry-after"]) for answer in answers} == {(503, "2")}
    assert "a repeat is harmless" in answers[0].json()["detail"]
    comes_back()
    assert kept() == (1, 1, 1)
    answers = door.all([(body, door.signed(body)) for body in events(50)])
    assert {answer.status for answer in answers} == {202}
    assert kept() == (51, 51, 51)


def test_a_database_that_does_not_answer_keeps_nobody_waiting_for_ever(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    door.send({"id": "evt_before"})
    monkeypatch.setattr(batches, "SETTLE_SECONDS", 0.2)
    with held():
        assert {answer.status for answer in door.all([(b, door.signed(b)) for b in events(20)])} == {503}
    monkeypatch.setattr(batches, "SETTLE_SECONDS", 10.0)
    # The database may have been quicker than our "no"; then the repeat is told the first id. Nothing is kept twice.
    before = set(Inbox.objects.order_by("transaction_id").values_list("transaction_id", flat=True)[:1])
    answers = door.all([(b, door.signed(b)) for b in events(20)])
    assert {answer.status for answer in answers} <= {202, 200}
    assert set(Inbox.objects.values_list("transaction_id", flat=True)) - before == {answer.id for answer in answers}
    assert kept() == (21, 21, 21)


def test_more_than_memory_should_hold_is_turned_away_and_the_rest_is_kept(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    door.send({"id": "evt_before"})
    monkeypatch.setattr(batches, "MAX_WAITING", 10)
    requests = [(body, door.signed(body)) for body in events(100)]
    answers: list[Answered] = []
    crowd = threading.Thread(target=lambda: answers.extend(door.all(requests)))

    async def taken() -> bool:
        return not door.ingress.batches._waiting

    with held():
        crowd.start()
        door.until(taken)
    crowd.join()
    counted = Counter(answer.status for answer in answers)
    assert counted == {202: 10, 503: 90}
    assert {answer.headers["retry-after"] for answer in answers if answer.status == 503} == {"2"}
    assert kept() == (11, 11, 11)


def test_an_event_that_cannot_be_written_fails_and_the_door_stays_open(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A defect in a batch is not the end of its writer."""
    store = batches._store

    async def failing(*arguments: object) -> object:
        raise ZeroDivisionError

    monkeypatch.setattr(batches, "_store", failing)
    assert {answer.status for answer in door.all([(b, door.signed(b)) for b in events(5)])} == {503}
    monkeypatch.setattr(batches, "_store", store)
    assert {answer.status for answer in door.all([(b, door.signed(b)) for b in events(5)])} == {202}


def test_a_commit_that_takes_long_holds_up_nobody_else(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second writer begins, though only one event waits for it."""
    door.send({"id": "evt_before"})
    store, held_up, may_go_on = batches._store, threading.Event(), threading.Event()

    async def slowly(connection: Any, taken: Sequence[batches.Accepted]) -> Any:
        if not held_up.is_set():
            held_up.set()
            await asyncio.to_thread(may_go_on.wait, 30)
        return await store(connection, taken)

    monkeypatch.setattr(batches, "_store", slowly)
    first, second = events(2)
    slow: list[Answered] = []
    waiting = threading.Thread(target=lambda: slow.extend(door.all([(first, door.signed(first))])))
    waiting.start()
    assert held_up.wait(10)
    (quick,) = door.all([(second, door.signed(second))])
    assert (quick.status, slow) == (202, [])
    may_go_on.set()
    waiting.join()
    assert [answer.status for answer in slow] == [202]


def test_a_missing_week_is_a_503_and_not_a_lost_event(door: Door) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("alter table payload detach partition payload_standard")
    try:
        assert door.send({"id": "evt_1"}).status == 503
        assert kept() == (0, 0, 0)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("alter table payload attach partition payload_standard for values in (2)")
    assert door.send({"id": "evt_1"}).status == 202


def test_a_receipt_that_cannot_be_kept_does_not_hold_up_new_events(door: Door) -> None:
    """The endpoint was deleted a moment ago: repeats of its events have no place, new events still do."""
    known, new = events(2)
    door.send(known)
    with connect() as other:
        other.execute("set session_replication_role = replica")  # no NOTIFY: as if it were still under way
        other.execute("delete from transactions_endpoint")
    repeat, fresh = door.all([(known, door.signed(known)), (new, door.signed(new))])
    assert (repeat.status, fresh.status) == (503, 202)


@pytest.mark.parametrize("count", [50, pytest.param(1_000, marks=pytest.mark.soak)])
def test_a_sixty_fourfold_crowd_with_the_same_ids_makes_one_event_of_each(opens: Opens, count: int) -> None:
    """Four processes' worth of doors, each with its own connections, and sixteen senders at each."""
    first = opens(event_id="event.id")
    others = [open_door(slug=first.slug) for _ in range(DOORS - 1)]
    requests = [(body, first.signed(body)) for body in events(count)]
    answers: list[dict[int, Answered]] = []

    async def one_sender(door: Door, seed: int) -> dict[int, Answered]:
        order = random.Random(seed).sample(range(count), count)  # noqa: S311 - a different order for each
        return {number: await door.posting(*requests[number]) for number in order}

    async def many_senders(door: Door, seed: int) -> list[dict[int, Answered]]:
        return await asyncio.gather(*(one_sender(door, seed * 100 + number) for number in range(SENDERS)))

    def crowd(door: Door, seed: int) -> None:
        answers.extend(door.run(many_senders(door, seed), 110))

    doors = [first, *(door for door, _ in others)]
    threads = [threading.Thread(target=crowd, args=(door, number)) for number, door in enumerate(doors)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for other in others:
        close_door(*other)
    assert len(answers) == SENDERS * DOORS == 64
    assert kept() == (count, count, count)
    for number in range(count):
        told = [one[number] for one in answers]
        assert Counter(answer.status for answer in told) == {202: 1, 200: 63}
        assert len({answer.id for answer in told}) == 1
    assert Repeat.objects.count() == count * 63
