"""Messages of the RabbitMQ on this machine become events: once each, whatever is killed in between."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import struct
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import orjson
import pytest
from django.db import connection
from django.test import override_settings
from pamqp.commands import Basic, Confirm, Exchange, Queue

from connectors.amqp.session import Content, Session
from connectors.streams import open_stream
from connectors.transport import Guard
from controlplane.credentials import providers
from controlplane.standalone.choices import PROJECT
from controlplane.transactions.consuming.consumers import Consumers
from controlplane.transactions.models import Dedupe, Inbox, Payload, PayloadKind, Refusal, Repeat
from tests.peers.test_amqp import URL
from tests.transactions.consuming.conftest import bound
from tests.transactions.consuming.test_consumer import (
    CORRELATION_ID,
    HEADERS,
    TIMESTAMP,
    content,
    head,
    nested,
    short,
)
from tests.transactions.factories import Estate

pytestmark = [pytest.mark.peers, pytest.mark.django_db(transaction=True), pytest.mark.allow_hosts(["127.0.0.1"])]

GUARD = Guard(("127.0.0.0/8",))


@asynccontextmanager
async def session() -> AsyncIterator[Session]:
    """A session of the test's own."""
    service = GUARD.check_service(URL, {"amqp": 5672})
    stream = await open_stream(service, GUARD, (5672,))
    made = await Session.open(stream, service.host, user="guest", password="guest", vhost="/", most=1_000_000)
    yield made
    await made.close()


async def publish(queue: str, messages: Sequence[tuple[Any, dict[str, Any]]]) -> None:
    """Each document, or bytes, with its properties; confirmed by the broker."""
    async with session() as made:
        await made.call(Confirm.Select(), Confirm.SelectOk)
        for document, properties in messages:
            body = document if isinstance(document, bytes) else orjson.dumps(document)
            last = made.publish("", queue, Basic.Properties(delivery_mode=2, **properties), body)
        confirmed = 0
        while confirmed < last:
            told = await made.told()
            assert isinstance(told, Basic.Ack)
            confirmed = max(confirmed, told.delivery_tag or 0)


async def made_queues(queue: str) -> None:
    async with session() as made:
        for name in (queue, f"{queue}-dead"):
            quorum = Queue.Declare(queue=name, durable=True, arguments={"x-queue-type": "quorum"})
            await made.call(quorum, Queue.DeclareOk)
        await made.call(Exchange.Declare(exchange=queue, exchange_type="topic"), Exchange.DeclareOk)
        await made.call(Queue.Bind(queue=f"{queue}-dead", exchange=queue, routing_key="dead"), Queue.BindOk)


async def deleted_queues(queue: str) -> None:
    async with session() as made:
        for name in (queue, f"{queue}-dead"):
            await made.call(Queue.Delete(queue=name), Queue.DeleteOk)
        await made.call(Exchange.Delete(exchange=queue), Exchange.DeleteOk)


async def left(queue: str) -> int:
    """Messages that wait in the queue for a consumer."""
    async with session() as made:
        return (await made.call(Queue.Declare(queue=queue, passive=True), Queue.DeclareOk)).message_count or 0


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A quorum queue, another one for what cannot be taken, and an exchange between them."""
    monkeypatch.setenv("RABBIT_PASSWORD", "guest")
    providers.forget()
    name = f"interlock-{uuid.uuid4().hex}"
    asyncio.run(made_queues(name))
    with override_settings(PRIVATE_NETWORKS=["127.0.0.0/8"]):
        yield name
    asyncio.run(deleted_queues(name))
    providers.forget()


def counted() -> tuple[int, int, int]:
    """Payloads, ids and inbox rows."""
    received = Payload.objects.filter(kind=PayloadKind.RECEIVED).count()
    return received, Dedupe.objects.count(), Inbox.objects.count()


def asked(condition: Any) -> bool:
    """Asked in another thread, with a connection that ends there."""
    try:
        return bool(condition())
    finally:
        connection.close()


async def until(condition: Any, seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not await asyncio.to_thread(asked, condition):  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(0.05)


async def consumed(until_so: Any) -> None:
    """Consume until it is so."""
    stop = asyncio.Event()
    consuming = asyncio.create_task(Consumers().run(stop))
    try:
        await until(until_so)
    finally:
        stop.set()
        await consuming


def test_messages_are_stored_as_webhooks_are_and_confirmed(queue: str) -> None:
    made = bound(queue)
    orders = [({"id": f"O-{n}"}, {"message_id": f"m-{n}", "message_type": "order.paid"}) for n in range(300)]
    asyncio.run(publish(queue, orders))
    asyncio.run(consumed(lambda: counted() == (300, 300, 300)))
    assert asyncio.run(left(queue)) == 0
    stored = Payload.objects.filter(kind=PayloadKind.RECEIVED)
    assert {orjson.loads(bytes(one.body))["id"] for one in stored} == {f"O-{n}" for n in range(300)}
    assert set(Inbox.objects.values_list("endpoint_id", flat=True)) == {made.endpoint.pk}
    (first,) = [one for one in stored if b"O-7}" in bytes(one.body).replace(b'"', b"")]
    assert first.headers["amqp-type"] == "order.paid"


def test_a_message_that_comes_twice_is_one_event_and_a_receipt(queue: str) -> None:
    bound(queue)
    twice = [({"id": "O-1"}, {"message_id": "m-1"})] * 2
    asyncio.run(publish(queue, [*twice, ({"id": "other"}, {"message_id": "m-1"})]))
    asyncio.run(consumed(lambda: Repeat.objects.count() == 2))
    assert counted() == (1, 1, 1)
    assert sorted(Repeat.objects.values_list("kind", flat=True)) == [0, 1]


async def dead(queue: str) -> list[Content]:
    async with session() as made:
        await made.call(Basic.Consume(queue=f"{queue}-dead", no_ack=True), Basic.ConsumeOk)
        found = []
        with contextlib.suppress(TimeoutError):
            while True:
                async with asyncio.timeout(0.5):
                    told = await made.told()
                if isinstance(told, Content):
                    found.append(told)
        return found


def test_what_cannot_be_taken_goes_where_the_binding_says_with_its_reason(queue: str) -> None:
    made = bound(queue, rejected_to=f"{queue}/dead", max_body=100, on_broken="refuse")
    asyncio.run(publish(queue, [(b"{", {}), (b'"' + b"x" * 200 + b'"', {}), ({"id": "O-1"}, {})]))
    asyncio.run(consumed(lambda: counted() == (1, 1, 1) and Refusal.objects.count() == 2))
    found = {one.properties.headers["interlock-reason"]: one.body for one in asyncio.run(dead(queue))}  # type: ignore[index]
    assert found == {"broken": b"{", "too-large": b'"' + b"x" * 200 + b'"'}
    assert asyncio.run(left(queue)) == 0
    assert set(Refusal.objects.values_list("endpoint_id", "reason", "count")) == {
        (made.endpoint.pk, "broken", 1),
        (made.endpoint.pk, "too-large", 1),
    }


@pytest.mark.parametrize("exchange", ["interlock-is-not-there", "amq.rabbitmq.trace"])
def test_an_exchange_that_is_missing_or_internal_costs_what_cannot_be_taken_and_nothing_else(
    queue: str, exchange: str
) -> None:
    bound(queue, rejected_to=f"{exchange}/dead", on_broken="refuse")
    asyncio.run(publish(queue, [(b"{", {}), *(({"id": f"O-{n}"}, {"message_id": f"m-{n}"}) for n in range(20))]))
    # Twice: the first time the broker closes the channel over it.
    asyncio.run(consumed(lambda: counted() == (20, 20, 20) and Refusal.objects.filter(count__gte=2).exists()))
    assert asyncio.run(left(queue)) == 0


async def publish_unreadable(queue: str) -> None:
    """Messages with heads that RabbitMQ takes and the library cannot read."""
    heads = [
        head(CORRELATION_ID, short(bytes(range(0xF0, 0x100)))),
        head(TIMESTAMP, struct.pack(">Q", 1_763_712_000_000_000)),
        head(HEADERS, nested(2000)),
    ]
    async with session() as made:
        await made.call(Confirm.Select(), Confirm.SelectOk)
        for number, one in enumerate(heads, 1):
            made.say(Basic.Publish(routing_key=queue))
            made._stream.write(content(one, b'{"id": "bad-%d"}' % number))
            assert isinstance(await made.told(), Basic.Ack)


def test_messages_that_cannot_be_read_go_there_too_and_those_behind_them_are_taken(queue: str) -> None:
    made = bound(queue, rejected_to=f"{queue}/dead")
    asyncio.run(publish_unreadable(queue))
    asyncio.run(publish(queue, [({"id": "O-1"}, {})]))
    asyncio.run(consumed(lambda: counted() == (1, 1, 1) and Refusal.objects.filter(count=3).exists()))
    found = sorted((one.body, one.properties.headers["interlock-reason"]) for one in asyncio.run(dead(queue)))  # type: ignore[index]
    assert found == [(b'{"id": "bad-%d"}' % number, "unreadable") for number in (1, 2, 3)]
    assert asyncio.run(left(queue)) == 0
    assert set(Refusal.objects.values_list("endpoint_id", "reason")) == {(made.endpoint.pk, "unreadable")}


def test_a_queue_that_appears_later_is_taken_up_by_itself(queue: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made: Estate = bound(f"{queue}-later")
    monkeypatch.setattr("controlplane.transactions.consuming.consumers.REFRESH_SECONDS", 0.1)

    async def story() -> None:
        consuming = asyncio.create_task(consumed(lambda: counted() == (1, 1, 1)))
        await publish(queue, [({"id": "O-1"}, {})])
        await asyncio.to_thread(rebind)
        await consuming

    def rebind() -> None:
        made.source.settings = {"user": "guest", "queues": {queue: {"endpoint": made.endpoint.slug}}}
        made.source.save()
        connection.close()

    asyncio.run(story())


def test_a_queue_that_is_made_anew_under_its_consumer_is_consumed_again(
    queue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RabbitMQ tells a consumer that its queue is gone, but not when another one of that name is there at once."""
    bound(queue)
    monkeypatch.setattr("controlplane.transactions.consuming.consumer.WATCH_SECONDS", 0.2)
    monkeypatch.setattr("controlplane.transactions.consuming.consumer.IDLE_SECONDS", 0.5)

    async def story() -> None:
        consuming = asyncio.create_task(consumed(lambda: counted() == (2, 2, 2)))
        await publish(queue, [({"id": "O-1"}, {})])
        await until(lambda: counted() == (1, 1, 1))
        async with session() as made:
            await made.call(Queue.Delete(queue=queue), Queue.DeleteOk)
            quorum = Queue.Declare(queue=queue, durable=True, arguments={"x-queue-type": "quorum"})
            await made.call(quorum, Queue.DeclareOk)
        await publish(queue, [({"id": "O-2"}, {})])
        await consuming

    asyncio.run(story())


@contextmanager
def consumer_process() -> Iterator[subprocess.Popen[bytes]]:
    """``manage.py consume`` on the test's database."""
    name = connection.settings_dict["NAME"]
    base = os.environ.get("DATABASE_URL") or places_url()
    environment = os.environ | {
        "DATABASE_URL": base.replace("/interlock?", f"/{name}?")
        if "/interlock?" in base
        else base.rpartition("/")[0] + f"/{name}",
        "INTERLOCK_PRIVATE_NETWORKS": "127.0.0.0/8",
    }
    process = subprocess.Popen([sys.executable, "manage.py", "consume"], cwd=PROJECT, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def places_url() -> str:
    from controlplane.standalone.choices import chosen_places

    return chosen_places().database_url


def test_kill_minus_nine_loses_nothing_and_doubles_nothing(queue: str) -> None:
    bound(queue, prefetch=50)
    count = 3000
    asyncio.run(publish(queue, [({"id": f"O-{n}"}, {"message_id": f"m-{n}"}) for n in range(count)]))
    kills = 0
    for so_far in (300, 1200):
        with consumer_process() as process:
            asyncio.run(until(lambda so_far=so_far: counted()[0] >= so_far, 60))
            process.send_signal(signal.SIGKILL)
            process.wait()
            kills += counted()[0] < count
    assert kills == 2
    with consumer_process() as process:
        asyncio.run(until(lambda: counted()[0] == count, 60))
        asyncio.run(until(lambda: asyncio.run(left(queue)) == 0, 60))
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert counted() == (count, count, count)
    bodies = Payload.objects.filter(kind=PayloadKind.RECEIVED).values_list("body", flat=True)
    assert {orjson.loads(bytes(body))["id"] for body in bodies} == {f"O-{n}" for n in range(count)}
    # What had been stored and not confirmed came again: as a receipt on the first, never as an event.
    assert Repeat.objects.filter(kind=0).count() == Repeat.objects.count() <= 2 * 50
