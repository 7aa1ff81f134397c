"""One message that cannot be taken costs itself and nothing behind it, whatever its sender wrote into its head."""

from __future__ import annotations

import asyncio
import contextlib
import math
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from pamqp import header
from pamqp.base import Frame
from pamqp.body import ContentBody
from pamqp.commands import Basic, Channel, Connection
from pamqp.frame import marshal

from connectors.amqp.session import Session
from controlplane.transactions.consuming import consumer
from controlplane.transactions.consuming.bindings import Binding
from controlplane.transactions.consuming.consumer import Consumer
from controlplane.transactions.consuming.limits import Limits
from controlplane.transactions.ingress.batches import Accepted, Stored
from controlplane.transactions.ingress.endpoints import Endpoints, Found
from controlplane.transactions.ingress.refusals import Refusals
from tests.connectors.brokers import serving
from tests.connectors.test_amqp import ANSWERS, heard
from tests.transactions.consuming.test_limits import endpoint

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

#: Flags of a content header's properties.
CONTENT_ENCODING, HEADERS, CORRELATION_ID, MESSAGE_ID, TIMESTAMP = 0x4000, 0x2000, 0x0400, 0x0080, 0x0040
SETTLING = (Basic.Ack, Basic.Nack, Basic.Reject)
CONSUMING: Mapping[type[Frame], Callable[[], Frame]] = {
    **ANSWERS,
    Basic.Qos: Basic.QosOk,
    Basic.Consume: lambda: Basic.ConsumeOk(consumer_tag="c"),
}


@pytest.fixture(autouse=True)
def _this_machine(settings: Any) -> None:
    settings.PRIVATE_NETWORKS = ["127.0.0.0/8"]


def short(text: bytes) -> bytes:
    return struct.pack(">B", len(text)) + text


def long(text: bytes) -> bytes:
    return struct.pack(">I", len(text)) + text


def head(flags: int = 0, properties: bytes = b"") -> bytes:
    return struct.pack(">H", flags) + properties


def nested(depth: int) -> bytes:
    """A table within a table within a table."""
    table = long(b"")
    for _ in range(depth):
        table = long(b"\x01tF" + table)
    return table


def framed(kind: int, data: bytes) -> bytes:
    return struct.pack(">BHI", kind, 1, len(data)) + data + b"\xce"


def content(properties: bytes, body: bytes) -> bytes:
    """The header and the body of a message, byte by byte: the library writes only what it can read."""
    return framed(2, struct.pack(">HHQ", 60, 0, len(body)) + properties) + framed(3, body)


def message(tag: int, properties: bytes, routing_key: bytes = b"orders") -> bytes:
    """The frames of a delivery."""
    method = struct.pack(">I", Basic.Deliver.index) + short(b"c") + struct.pack(">qB", tag, 0)
    return framed(1, method + short(b"") + short(routing_key)) + content(properties, b'{"id": %d}' % tag)


@dataclass
class Broker:
    """A broker with one queue, which confirms what is published and delivers what was not settled to whoever comes.

    ``answers`` are given to what is published, in turn, in place of a confirm. What is put back is delivered anew.
    """

    messages: list[bytes]
    answers: list[bytes] = field(default_factory=list)
    said: list[Any] = field(default_factory=list)
    connections: int = 0
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(8)
        self.connections += 1
        published = 0
        writer.write(marshal(Connection.Start(server_properties={}, mechanisms="PLAIN"), 0))
        while True:
            channel, frame = await heard(reader)
            if made := CONSUMING.get(type(frame)):  # type: ignore[arg-type]
                writer.write(marshal(made(), channel))
            if isinstance(frame, Basic.Consume):
                writer.write(b"".join(self.messages))
            if isinstance(frame, ContentBody):
                published += 1
                confirm = marshal(Basic.Ack(delivery_tag=published), 1)
                writer.write(self.answers.pop(0) if self.answers else confirm)
            if isinstance(frame, Basic.Nack):
                writer.write(self.messages[(frame.delivery_tag or 0) - 1])
            if isinstance(frame, (*SETTLING, Basic.Publish, header.ContentHeader, ContentBody)):
                self.said.append(frame)
                self.heard.set()

    async def settled(self, count: int) -> None:
        """Wait until so many deliveries are confirmed or rejected."""
        while len([frame for frame in self.said if isinstance(frame, SETTLING)]) < count:
            self.heard.clear()
            await self.heard.wait()

    def settlements(self) -> list[tuple[str, int]]:
        """How each delivery was settled, by number."""
        found = [frame for frame in self.said if isinstance(frame, SETTLING)]
        return sorted(((frame.name, frame.delivery_tag or 0) for frame in found), key=lambda one: one[1])


class Known(Endpoints):
    """One endpoint, whatever it is called."""

    def __init__(self) -> None:
        super().__init__(lambda _: None)

    async def find(self, slug: str) -> Found | None:
        return endpoint(rate=math.inf)


async def consumed(
    *messages: bytes, rejected_to: str = "", answers: Sequence[bytes] = (), settled: int = 0
) -> tuple[Broker, list[bytes]]:
    """Consume until every message is settled, or ``settled`` times; what the broker heard, and the bodies stored."""
    broker, stored = Broker(list(messages), list(answers)), list[bytes]()

    async def store(event: Accepted) -> Stored:
        stored.append(event.body)
        return Stored(event.id, repeats=False, conflict=False)

    async with serving(broker.serve) as port:
        binding = Binding(
            instance="rabbit",
            base_url=f"amqp://127.0.0.1:{port}",
            user="guest",
            authority="",
            reference="",
            queue="orders",
            endpoint="orders",
            rejected_to=rejected_to,
        )
        running = asyncio.create_task(Consumer(binding, Known(), store, Refusals(), Limits()).run())
        try:
            async with asyncio.timeout(10):
                await broker.settled(settled or len(messages))
        finally:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running
    return broker, stored


UNREADABLE = [
    pytest.param(message(1, head(CORRELATION_ID, short(bytes(range(0xF0, 0x100))))), id="a GUID as it is in memory"),
    pytest.param(message(1, head(MESSAGE_ID, short("Größe".encode("latin-1")))), id="an id in Latin-1"),
    pytest.param(message(1, head(TIMESTAMP, struct.pack(">Q", 1_763_712_000_000_000))), id="microseconds"),
    pytest.param(message(1, head(TIMESTAMP, struct.pack(">Q", 1_763_712_000_000_000_000))), id="nanoseconds"),
    pytest.param(message(1, head(HEADERS, nested(2000))), id="tables within tables"),
    pytest.param(message(1, head(), "bestellung.größe".encode("latin-1")), id="a routing key in Latin-1"),
]


@pytest.mark.parametrize("unreadable", UNREADABLE)
async def test_a_message_that_cannot_be_read_is_moved_away_and_the_next_is_taken(unreadable: bytes) -> None:
    broker, stored = await consumed(unreadable, message(2, head()), rejected_to="dead/orders")
    assert stored == [b'{"id": 2}']
    assert broker.settlements() == [("Basic.Ack", 1), ("Basic.Ack", 2)]
    (publish,) = [frame for frame in broker.said if isinstance(frame, Basic.Publish)]
    assert (publish.exchange, publish.routing_key) == ("dead", "orders")
    (sent,) = [frame.properties for frame in broker.said if isinstance(frame, header.ContentHeader)]
    assert sent.headers == {"interlock-reason": "unreadable", "interlock-delivery": 1}
    assert sent.delivery_mode == 2
    assert [frame.value for frame in broker.said if isinstance(frame, ContentBody)] == [b'{"id": 1}']
    assert broker.connections == 1


@pytest.mark.parametrize("unreadable", UNREADABLE)
async def test_without_a_place_for_it_it_is_rejected_and_the_next_is_taken(unreadable: bytes) -> None:
    broker, stored = await consumed(unreadable, message(2, head()))
    assert stored == [b'{"id": 2}']
    assert broker.settlements() == [("Basic.Reject", 1), ("Basic.Ack", 2)]
    (rejected,) = [frame for frame in broker.said if isinstance(frame, Basic.Reject)]
    assert rejected.requeue is False
    assert broker.connections == 1


async def test_what_stands_before_the_unreadable_part_goes_along() -> None:
    tenant = short(b"tenant") + b"S" + long(b"eu")
    properties = head(HEADERS | CORRELATION_ID, long(tenant) + short(b"\xff"))
    broker, _ = await consumed(message(1, properties), rejected_to="dead/orders")
    (sent,) = [frame.properties for frame in broker.said if isinstance(frame, header.ContentHeader)]
    assert sent.headers == {"tenant": "eu", "interlock-reason": "unreadable", "interlock-delivery": 1}
    assert sent.correlation_id is None


def packed(table: bytes) -> bytes:
    """A message that is unfit for its encoding, with headers of its own."""
    return message(1, head(CONTENT_ENCODING | HEADERS, short(b"gzip") + long(table)))


async def test_an_unfit_message_is_moved_without_the_headers_that_cannot_be_written(
    caplog: pytest.LogCaptureFixture,
) -> None:
    table = short(b"far") + b"d" + struct.pack(">d", 1e300)
    table += short(b"tenant") + b"S" + long(b"eu")
    table += short(b"who") + b"S" + long(b"\xff\xfe")
    broker, _ = await consumed(packed(table), rejected_to="dead/orders")
    assert [frame.name for frame in broker.said] == ["Basic.Publish", "ContentHeader", "ContentBody", "Basic.Ack"]
    (sent,) = [frame.properties for frame in broker.said if isinstance(frame, header.ContentHeader)]
    assert sent.headers == {"tenant": "eu", "interlock-reason": "encoding", "interlock-delivery": 1}
    assert sent.content_encoding == "gzip"
    assert told(caplog, "consume.moved_in_part") == [("WARNING", "encoding", 2)]


async def test_an_unfit_message_whose_headers_fill_a_frame_is_moved_without_them(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The broker of this test allows 4096 bytes: with our reason beside them they would be 4132."""
    broker, _ = await consumed(packed(short(b"long") + b"S" + long(b"x" * 4040)), rejected_to="dead/orders")
    assert broker.settlements() == [("Basic.Ack", 1)]
    (sent,) = [frame.properties for frame in broker.said if isinstance(frame, header.ContentHeader)]
    assert sent.headers == {"interlock-reason": "encoding", "interlock-delivery": 1}
    assert told(caplog, "consume.moved_in_part") == [("WARNING", "encoding", 1)]


async def test_an_unfit_message_that_cannot_be_moved_is_rejected_and_the_log_says_what_and_to_where(
    caplog: pytest.LogCaptureFixture,
) -> None:
    broker, stored = await consumed(packed(b""), message(2, head()), rejected_to="abgewürgt/orders")
    assert stored == [b'{"id": 2}']
    assert broker.settlements() == [("Basic.Reject", 1), ("Basic.Ack", 2)]
    assert [frame.name for frame in broker.said if not isinstance(frame, SETTLING)] == []
    (record,) = [one for one in events(caplog) if one["event"] == "consume.not_movable"]
    assert record == {
        "event": "consume.not_movable",
        "level": "error",
        "queue": "rabbit/orders",
        "reason": "encoding",
        "rejected_to": "abgewürgt/orders",
    }


#: What a broker says to a message for an exchange that it does not have: it closes the channel.
NO_EXCHANGE = marshal(
    Channel.Close(reply_code=404, reply_text="NOT_FOUND - no exchange 'dead'", class_id=60, method_id=40), 1
)


@pytest.fixture
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer, "FIRST_PAUSE", 0.001)


@pytest.mark.usefixtures("_at_once")
async def test_where_nothing_may_be_moved_to_the_broker_is_asked_once_and_what_is_unfit_is_rejected(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Each time would cost every message that is under way a delivery, of which a quorum queue counts few."""
    broker, stored = await consumed(
        packed(b""), message(2, head()), rejected_to="dead/orders", answers=[NO_EXCHANGE, NO_EXCHANGE]
    )
    assert b'{"id": 2}' in stored
    assert ("Basic.Reject", 1) in broker.settlements()
    assert len([frame for frame in broker.said if isinstance(frame, Basic.Publish)]) == 1
    assert broker.connections == 2
    assert [one for one in events(caplog) if one["event"] == "consume.move_refused"] == [
        {
            "event": "consume.move_refused",
            "level": "error",
            "queue": "rabbit/orders",
            "rejected_to": "dead/orders",
            "error": "the broker said 404: NOT_FOUND - no exchange 'dead'",
            "next": "make the exchange or let the queue's user write to it, or correct rejected_to",
        }
    ]


@pytest.mark.usefixtures("_at_once")
async def test_the_broker_is_asked_again_later_whether_anything_may_be_moved(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(consumer, "MOVE_AGAIN_SECONDS", 0.0)
    broker, _ = await consumed(packed(b""), rejected_to="dead/orders", answers=[NO_EXCHANGE, NO_EXCHANGE])
    assert broker.settlements() == [("Basic.Ack", 1)]
    assert broker.connections == 3
    assert len([one for one in events(caplog) if one["event"] == "consume.move_refused"]) == 1


@pytest.mark.usefixtures("_at_once")
async def test_the_pauses_between_connections_grow_until_something_is_taken(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(consumer, "MOVE_AGAIN_SECONDS", 0.0)
    await consumed(packed(b""), rejected_to="dead/orders", answers=[NO_EXCHANGE] * 4)
    paused = [one["seconds"] for one in events(caplog) if one["event"] == "consume.away"]
    assert paused == [0.001, 0.002, 0.004, 0.008]


#: What a broker says, in turn, to messages for a queue that takes no more.
FULL = [marshal(Basic.Nack(delivery_tag=number), 1) for number in (1, 2, 3, 4)]


async def test_what_a_full_queue_does_not_take_is_kept_for_a_while_and_the_others_are_taken() -> None:
    answers = [FULL[0] + message(2, head())]
    broker, stored = await consumed(packed(b""), rejected_to="dead/orders", answers=answers)
    assert stored == [b'{"id": 2}']
    assert broker.settlements() == [("Basic.Ack", 2)]


async def test_what_a_full_queue_does_not_take_is_put_back_after_ever_longer_pauses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept: list[float] = []
    put_back = consumer._put_back

    async def noted(session: Session, tag: int, seconds: float) -> None:
        kept.append(seconds)
        await put_back(session, tag, seconds)

    monkeypatch.setattr(consumer, "_put_back", noted)
    monkeypatch.setattr(consumer, "FIRST_KEEP", 0.001)
    monkeypatch.setattr(consumer, "LONGEST_KEEP", 0.004)
    broker, _ = await consumed(packed(b""), rejected_to="dead/orders", answers=FULL, settled=5)
    assert kept == [0.001, 0.002, 0.004, 0.004]
    assert broker.settlements() == [*[("Basic.Nack", 1)] * 4, ("Basic.Ack", 1)]


def events(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """Our own log events, without when and where they were written."""
    found = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    return [{name: value for name, value in one.items() if name not in {"timestamp", "logger"}} for one in found]


def told(caplog: pytest.LogCaptureFixture, event: str) -> list[tuple[str, str, int]]:
    """Level, reason and number of headers that were left out, of each such event."""
    found = [one for one in events(caplog) if one["event"] == event]
    return [(one["level"].upper(), one["reason"], one["headers"]) for one in found]
