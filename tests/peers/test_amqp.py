"""Events to the RabbitMQ that listens on this machine: in queues of the test's own, or refused for a reason."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator

import orjson
import pytest
from pamqp.commands import Basic, Exchange, Queue

from connectors.amqp.connector import Amqp
from connectors.amqp.session import Content, Session
from connectors.streams import open_stream
from connectors.transport import Transport
from tests.connectors.brokers import codes, event, publishing

pytestmark = [pytest.mark.peers, pytest.mark.allow_hosts(["127.0.0.1"])]

URL = "amqp://127.0.0.1:5672"
GUEST = {"user": "guest", "password": "guest"}


async def session(transport: Transport) -> Session:
    """A session of the test's own, to make queues and to look into them."""
    service = transport.guard.check_service(URL, {"amqp": 5672})
    stream = await open_stream(service, transport.guard, (5672,))
    return await Session.open(stream, service.host, user="guest", password="guest", vhost="/", most=1_000_000)


@pytest.fixture
async def queue(transport: Transport) -> AsyncIterator[str]:
    """A quorum queue, with an exchange of the same name in front that routes ``paid.*`` to it."""
    name = f"interlock-{uuid.uuid4().hex}"
    made = await session(transport)
    await made.call(Exchange.Declare(exchange=name, exchange_type="topic"), Exchange.DeclareOk)
    quorum = Queue.Declare(queue=name, durable=True, arguments={"x-queue-type": "quorum"})
    await made.call(quorum, Queue.DeclareOk)
    await made.call(Queue.Bind(queue=name, exchange=name, routing_key="paid.*"), Queue.BindOk)
    yield name
    await made.call(Queue.Delete(queue=name), Queue.DeleteOk)
    await made.call(Exchange.Delete(exchange=name), Exchange.DeleteOk)
    await made.close()


async def messages(transport: Transport, queue: str, count: int) -> list[Content]:
    """The queue's messages, taken out."""
    taker = await session(transport)
    await taker.call(Basic.Consume(queue=queue, no_ack=True), Basic.ConsumeOk)
    found: list[Content] = []
    async with asyncio.timeout(10):
        while len(found) < count:
            told = await taker.told()
            if isinstance(told, Content):
                found.append(told)
    await taker.close()
    return found


async def test_events_are_confirmed_and_in_the_queue(transport: Transport, queue: str) -> None:
    amqp = publishing(Amqp, URL, transport, **GUEST)
    events = [event(f"{queue}/paid.eu", key=f"k{n}", data={"n": n}) for n in range(100)]
    assert codes(await amqp.write(events)) == ["receipt"] * 100
    found = await messages(transport, queue, 100)
    assert [one.properties.message_id for one in found] == [f"k{n}" for n in range(100)]
    assert [orjson.loads(one.body or b"") for one in found] == [{"n": n} for n in range(100)]
    assert {one.properties.delivery_mode for one in found} == {2}


async def test_a_structured_event_larger_than_a_frame_arrives_whole(transport: Transport, queue: str) -> None:
    amqp = publishing(Amqp, URL, transport, mode="structured", **GUEST)
    assert codes(await amqp.write([event(f"{queue}/paid.eu", data="x" * 400_000)])) == ["receipt"]
    (found,) = await messages(transport, queue, 1)
    assert found.properties.content_type == "application/cloudevents+json"
    assert orjson.loads(found.body or b"")["data"] == "x" * 400_000


async def test_each_event_of_a_call_has_its_own_answer(transport: Transport, queue: str) -> None:
    amqp = publishing(Amqp, URL, transport, **{**GUEST, "topics": [f"{queue}/#", "ghost/*", "/*"]})
    results = await amqp.write(
        [
            event(f"{queue}/paid.eu", key="a"),
            event(f"{queue}/refunded", key="b"),
            event("ghost/paid", key="c"),
            event("secret/paid", key="d"),
            event(f"/{queue}", key="e"),
            event(f"/{queue}-not", key="f"),
            event(f"{queue}/paid.us", key="g", takeover=True),
        ]
    )
    assert codes(results) == [
        "receipt",
        "rejected unroutable",
        "rejected not_found",
        "refused topic_not_allowed",
        "receipt",
        "rejected unroutable",
        "receipt",
    ]
    assert [one.properties.message_id for one in await messages(transport, queue, 3)] == ["a", "e", "g"]


async def test_a_wrong_password_and_an_unknown_virtual_host_are_refusals_of_the_credential(
    transport: Transport,
) -> None:
    for url, credential in ((URL, {**GUEST, "password": "wr0ng-pw"}), (f"{URL}/no-such-host", GUEST)):
        amqp = publishing(Amqp, url, transport, **credential)
        (result,) = await amqp.write([event("amq.topic/x")])
        assert codes([result]) == ["auth_failed"]
        assert "wr0ng-pw" not in repr(result)
        assert (await amqp.check()).ok is False


async def test_an_exchange_that_may_not_be_written_to_says_so(transport: Transport) -> None:
    """``amq.rabbitmq.log`` is internal: nobody publishes to it."""
    amqp = publishing(Amqp, URL, transport, **GUEST)
    assert codes(await amqp.write([event("amq.rabbitmq.trace/x")])) == ["auth_failed topic_denied"]


async def test_check_signs_in_and_tells_the_version(transport: Transport) -> None:
    health = await publishing(Amqp, URL, transport, **GUEST).check()
    assert health.ok is True
    assert health.version.startswith("3.")
