"""Events to RabbitMQ, as far as that can be said without one; ``tests/peers/test_amqp.py`` asks a real broker."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from pamqp import header
from pamqp.base import Frame
from pamqp.body import ContentBody
from pamqp.commands import Basic, Channel, Confirm, Connection, Exchange
from pamqp.common import FieldTable
from pamqp.frame import marshal, unmarshal

from connectors.amqp.connector import Amqp
from connectors.transport import Transport
from tests.connectors.brokers import BrokerSuite, Serve, codes, event, hangs_up, publishing, serving

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

ANSWERS: dict[type[Frame], Callable[[], Frame]] = {
    Connection.StartOk: lambda: Connection.Tune(channel_max=10, frame_max=4096, heartbeat=60),
    Connection.Open: Connection.OpenOk,
    Channel.Open: Channel.OpenOk,
    Confirm.Select: Confirm.SelectOk,
    Exchange.Declare: Exchange.DeclareOk,
}


async def heard(reader: asyncio.StreamReader) -> tuple[int, object]:
    head = await reader.readexactly(7)
    rest = await reader.readexactly(int.from_bytes(head[3:7]) + 1)
    _, channel, frame = unmarshal(head + rest)
    return channel, frame


def broker(told: list[object] | None = None, on_publish: Callable[[], bytes] = bytes) -> Serve:
    """A broker that lets everybody in, notes what it hears, and answers every publish with ``on_publish``."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(8)
        known: FieldTable = {"version": "9.9"}
        writer.write(marshal(Connection.Start(server_properties=known, mechanisms="PLAIN"), 0))
        while True:
            channel, frame = await heard(reader)
            if told is not None:
                told.append(frame)
            if answer := ANSWERS.get(type(frame)):  # type: ignore[arg-type]
                writer.write(marshal(answer(), channel))
            if isinstance(frame, header.ContentHeader):
                writer.write(on_publish())

    return serve


class TestAmqp(BrokerSuite):
    connector = Amqp
    scheme = "amqp"
    settings = {"user": "interlock", "topics": ["orders/#"]}
    secrets = {"password": "hush-hush"}
    no_recordings = ""
    takes_any_object = True

    @staticmethod
    def takes_and_says_nothing() -> Serve:
        return broker()

    @staticmethod
    def takes_one_and_hangs_up() -> Serve:
        return broker(on_publish=hangs_up)


async def test_a_message_is_persistent_mandatory_and_carries_its_key(transport: Transport) -> None:
    told: list[object] = []
    async with serving(broker(told, lambda: marshal(Basic.Ack(delivery_tag=1), 1))) as port:
        amqp = publishing(Amqp, f"amqp://127.0.0.1:{port}/%2Fsales", transport, user="ada", password="pw")
        assert codes(await amqp.write([event("orders/paid.eu", subject="O-1")])) == ["receipt"]
    (start,) = [frame for frame in told if isinstance(frame, Connection.StartOk)]
    assert start.response == "\0ada\0pw"
    (opened,) = [frame for frame in told if isinstance(frame, Connection.Open)]
    assert opened.virtual_host == "/sales"
    (sent,) = [frame for frame in told if isinstance(frame, Basic.Publish)]
    assert (sent.exchange, sent.routing_key, sent.mandatory) == ("orders", "paid.eu", True)
    (head,) = [frame for frame in told if isinstance(frame, header.ContentHeader)]
    properties = head.properties
    assert (properties.message_id, properties.delivery_mode, properties.message_type) == ("step-1.r1", 2, "order.paid")
    assert properties.content_type == "application/json"
    assert properties.headers == {
        "cloudEvents_specversion": "1.0",
        "cloudEvents_id": "step-1.r1",
        "cloudEvents_source": "/interlock",
        "cloudEvents_type": "order.paid",
        "cloudEvents_subject": "O-1",
        "cloudEvents_traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    }


async def test_a_large_message_is_sent_in_frames_of_the_size_that_was_agreed(transport: Transport) -> None:
    told: list[object] = []
    async with serving(broker(told, lambda: marshal(Basic.Ack(delivery_tag=1), 1))) as port:
        amqp = publishing(Amqp, f"amqp://127.0.0.1:{port}", transport)
        assert codes(await amqp.write([event("orders/paid", data="x" * 10_000)])) == ["receipt"]
        await asyncio.sleep(0)
    sizes = [len(frame.value) for frame in told if isinstance(frame, ContentBody)]
    assert sizes[:2] == [4088, 4088]


async def test_a_broker_that_cannot_store_it_is_asked_again_later(transport: Transport) -> None:
    async with serving(broker(None, lambda: marshal(Basic.Nack(delivery_tag=1), 1))) as port:
        amqp = publishing(Amqp, f"amqp://127.0.0.1:{port}", transport)
        assert codes(await amqp.write([event("orders/paid")])) == ["transient nack"]


async def test_one_confirm_may_stand_for_several(transport: Transport) -> None:
    answers = iter([b"", b"", marshal(Basic.Ack(delivery_tag=3, multiple=True), 1)])
    async with serving(broker(None, lambda: next(answers))) as port:
        amqp = publishing(Amqp, f"amqp://127.0.0.1:{port}", transport)
        assert codes(await amqp.write([event("orders/paid", key=f"k{n}") for n in range(3)])) == ["receipt"] * 3


def closed(code: int, words: str) -> bytes:
    return marshal(Channel.Close(reply_code=code, reply_text=words, class_id=60, method_id=40), 1)


async def test_a_channel_closed_over_the_only_message_says_what_became_of_it(transport: Transport) -> None:
    async with serving(broker(None, lambda: closed(406, "PRECONDITION_FAILED - too large"))) as port:
        amqp = publishing(Amqp, f"amqp://127.0.0.1:{port}", transport)
        (result,) = await amqp.write([event("orders/paid")])
    assert codes([result]) == ["rejected precondition_failed"]
    assert getattr(result, "reason", "") == "the broker said 406: PRECONDITION_FAILED - too large"


async def test_a_channel_closed_over_one_of_several_leaves_all_unknown(transport: Transport) -> None:
    answers = iter([b"", closed(403, "ACCESS_REFUSED")])
    async with serving(broker(None, lambda: next(answers, b""))) as port:
        amqp = publishing(Amqp, f"amqp://127.0.0.1:{port}", transport)
        results = await amqp.write([event("orders/paid", key="a"), event("orders/paid", key="b")])
    assert codes(results) == ["outcome_unknown", "outcome_unknown"]


async def test_what_was_sent_before_goes_alone_so_that_a_refusal_is_surely_its_own(transport: Transport) -> None:
    answers = iter([closed(403, "ACCESS_REFUSED"), marshal(Basic.Ack(delivery_tag=1), 1)])
    async with serving(broker(None, lambda: next(answers))) as port:
        amqp = publishing(Amqp, f"amqp://127.0.0.1:{port}", transport)
        results = await amqp.write([event("orders/paid", key=key, takeover=True) for key in "ab"])
    assert codes(results) == ["auth_failed topic_denied", "receipt"]


@pytest.mark.parametrize(
    "junk", [b"\x01\x00\x00\xff\xff\xff\xff", b"\x01\x00\x00\x00\x00\x00\x04\xff\xff\xff\xff\xce", b"\x02" * 64]
)
async def test_junk_in_place_of_a_confirm_leaves_it_unknown(transport: Transport, junk: bytes) -> None:
    async with serving(broker(None, lambda: junk)) as port:
        amqp = publishing(Amqp, f"amqp://127.0.0.1:{port}", transport)
        assert codes(await amqp.write([event("orders/paid")])) == ["outcome_unknown"]


async def test_a_topic_without_an_exchange_is_rejected_and_nothing_is_connected_to(transport: Transport) -> None:
    amqp = publishing(Amqp, "amqp://127.0.0.1:1", transport)
    assert codes(await amqp.write([event("orders")])) == ["rejected topic"]


async def test_an_exchange_that_amqp_cannot_name_costs_only_its_own_event(transport: Transport) -> None:
    told: list[object] = []
    answers = iter([marshal(Basic.Ack(delivery_tag=number), 1) for number in (1, 2)])
    async with serving(broker(told, lambda: next(answers))) as port:
        amqp = publishing(Amqp, f"amqp://127.0.0.1:{port}", transport)
        topics = ["orders/paid", "aufträge/paid", f"{'x' * 128}/paid", "invoices/paid"]
        results = await amqp.write([event(topic, key=topic[:3]) for topic in topics])
    assert codes(results) == ["receipt", "rejected topic", "rejected topic", "receipt"]
    assert [frame.exchange for frame in told if isinstance(frame, Basic.Publish)] == ["orders", "invoices"]


async def test_an_exchange_of_the_longest_name_is_written_to(transport: Transport) -> None:
    name = "Ab9-_.:@#,+" + "x" * 116
    async with serving(broker(None, lambda: marshal(Basic.Ack(delivery_tag=1), 1))) as port:
        amqp = publishing(Amqp, f"amqp://127.0.0.1:{port}", transport)
        assert codes(await amqp.write([event(f"{name}/paid")])) == ["receipt"]


async def test_an_event_whose_headers_fill_a_frame_costs_itself_and_no_other(transport: Transport) -> None:
    """The broker of this test allows 4096 bytes."""
    told: list[object] = []
    answers = iter([marshal(Basic.Ack(delivery_tag=number), 1) for number in (1, 2)])
    async with serving(broker(told, lambda: next(answers))) as port:
        amqp = publishing(Amqp, f"amqp://127.0.0.1:{port}", transport)
        large = event("orders/paid", key="b", subject="€" * 1024, partitionkey="€" * 1024)
        results = await amqp.write([event("orders/paid", key="a"), large, event("orders/paid", key="c")])
    assert codes(results) == ["receipt", "rejected", "receipt"]
    assert getattr(results[1], "calls", None) == 0
    assert [frame.properties.message_id for frame in told if isinstance(frame, header.ContentHeader)] == ["a", "c"]


async def test_a_returned_message_that_is_not_the_one_sent_leaves_it_unknown(transport: Transport) -> None:
    """Its id is ours, so it can be read; taken for another's it would count as routed."""
    method = marshal(Basic.Return(reply_code=312, reply_text="NO_ROUTE", exchange="orders", routing_key="paid"), 1)
    payload = b"\x00\x3c\x00\x00" + bytes(8) + b"\x00\x80" + b"\x01\xff"
    returned = method + b"\x02\x00\x01" + len(payload).to_bytes(4) + payload + b"\xce"
    async with serving(broker(None, lambda: returned + marshal(Basic.Ack(delivery_tag=1), 1))) as port:
        amqp = publishing(Amqp, f"amqp://127.0.0.1:{port}", transport)
        assert codes(await amqp.write([event("orders/paid")])) == ["outcome_unknown"]
