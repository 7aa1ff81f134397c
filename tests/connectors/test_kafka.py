"""Events to Kafka, without one; ``tests/peers/test_kafka.py`` asks somebody else's broker and consumer."""

from __future__ import annotations

import asyncio
import re
import socket
from typing import Any

import pytest

from connectors.cloudevents import message_of
from connectors.interface import Context
from connectors.kafka.connector import Kafka
from connectors.kafka.sending import key_of
from connectors.kafka.wire import array, int32, octets, text
from connectors.messages import Receipt
from connectors.transport import Transport
from tests.connectors.brokers import BrokerSuite, Serve, codes, event, publishing, serving, silence
from tests.connectors.kafka_stub import (
    METADATA,
    PRODUCE,
    SPOKEN,
    VERSIONS,
    Cluster,
    Sent,
    _Node,
    standing,
)

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

#: Of two partitions, Kafka chooses the first for ``O-3`` and ``O-5``, the second for ``O-4`` and ``O-13``.
TWO: dict[str, list[int | None]] = {"orders": [0, 1]}
SUBJECTS = ("O-3", "O-4", "O-5", "O-13")
MEGABYTE = 1024 * 1024


class TestKafka(BrokerSuite):
    connector = Kafka
    scheme = "kafka"
    settings = {"topics": ["#"], "mechanism": "PLAIN"}
    secrets = {"password": "hush-hush"}
    samples = {"publish": {"topic": "orders", "type": "order.paid", "data": {"total": "12.50"}}}

    @staticmethod
    def takes_and_says_nothing() -> Serve:
        return alone(judge=lambda _: None)

    @staticmethod
    def takes_one_and_hangs_up() -> Serve:
        return alone(raw=b"")


def alone(**settings: Any) -> Serve:
    """The only node of a cluster that knows its port when it is spoken to."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        port = writer.get_extra_info("sockname")[1]
        await _Node(Cluster(ports=[port], **settings), 0).serve(reader, writer)

    return serve


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0, "receipt"),
        (2, "transient corrupt_message"),
        (7, "outcome_unknown request_timed_out"),
        (10, "rejected message_too_large"),
        (19, "transient not_enough_replicas"),
        (20, "outcome_unknown not_enough_replicas_after_append"),
        (29, "auth_failed topic_denied"),
        (44, "rejected policy_violation"),
        (87, "rejected invalid_record"),
        (89, "rate_limited throttling_quota_exceeded"),
        (-1, "outcome_unknown -1"),
        (999, "outcome_unknown 999"),
        (None, "outcome_unknown"),
    ],
)
async def test_an_answer_says_what_became_of_the_event(transport: Transport, number: int | None, expected: str) -> None:
    deadline = 5.0 if number is not None else 0.3
    async with standing(Cluster(judge=lambda _: number)) as cluster:
        context = Context(cluster.url, transport, {"topics": ["#"]}, {}, deadline=deadline)
        assert codes(await Kafka(context).write([event("orders")])) == [expected]


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (3, "transient unknown_topic"),
        (5, "transient leader_not_available"),
        (17, "rejected invalid_topic"),
        (29, "auth_failed topic_denied"),
        (7, "transient request_timed_out"),
        (-1, "transient -1"),
    ],
)
async def test_a_topic_that_nobody_may_write_to_is_told_of_and_nothing_is_sent(
    transport: Transport, number: int, expected: str
) -> None:
    async with standing(Cluster(errors={"orders": number})) as cluster:
        assert codes(await publishing(Kafka, cluster.url, transport).write([event("orders")])) == [expected]
    assert cluster.sent == []


HOSTILE = {
    "two gigabytes": b"\x7f\xff\xff\xff",
    "less than nothing": b"\xff\xff\xff\xff",
    "an answer to something else": octets(int32(99) + array([text("orders") + array([bytes(30)])]) + int32(0)),
    "no end": b"\x00\x00\x00\x08\x00\x00\x00\x03\x00\x00",
    "more elements than bytes": b"\x00\x00\x00\x08\x00\x00\x00\x03\x7f\xff\xff\xff",
    "the web": b"HTTP/1.1 400 Bad Request\r\n\r\n",
    "nothing": b"",
}


@pytest.mark.parametrize("answer", HOSTILE.values(), ids=HOSTILE)
async def test_what_left_is_unknown_whatever_nonsense_is_answered(transport: Transport, answer: bytes) -> None:
    async with standing(Cluster(raw=answer)) as cluster:
        assert codes(await publishing(Kafka, cluster.url, transport).write([event("orders")])) == ["outcome_unknown"]


@pytest.mark.parametrize("answer", HOSTILE.values(), ids=HOSTILE)
async def test_nothing_of_a_users_is_sent_before_the_server_has_spoken_its_protocol(
    transport: Transport, answer: bytes
) -> None:
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        heard.append(await reader.read(65_536))

    async with serving(serve) as port:
        kafka = publishing(Kafka, f"kafka://127.0.0.1:{port}", transport, user="ada", password="pw")
        (code,) = codes(await kafka.write([event("orders")]))
    assert code == ("transient" if answer in {b"", HOSTILE["no end"]} else "contract_broken")
    assert heard == [b"\x00\x00\x00\x13\x00\x12\x00\x00\x00\x00\x00\x01\x00\x09interlock"]


async def test_a_broker_that_dribbles_costs_no_more_than_the_deadline(transport: Transport) -> None:
    async def dribble(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for byte in b"\x00\x0f\xff\xff" + bytes(MEGABYTE):
            writer.write(bytes([byte]))
            await asyncio.sleep(0.01)

    async with serving(dribble) as port:
        context = Context(f"kafka://127.0.0.1:{port}", transport, {"topics": ["#"]}, {}, deadline=0.3)
        begun = asyncio.get_running_loop().time()
        assert codes(await Kafka(context).write([event("orders")])) == ["transient"]
        assert asyncio.get_running_loop().time() - begun < 2.0


async def test_a_broker_that_is_too_old_is_told_so(transport: Transport) -> None:
    async with standing(Cluster(spoken={**SPOKEN, PRODUCE: (0, 6)})) as cluster:
        health = await publishing(Kafka, cluster.url, transport).check()
    assert health.detail == "the broker does not speak Produce in version 7; those since Kafka 2.1 do"


# -- who leads what --------------------------------------------------------------------------------------------------


async def test_each_event_goes_to_the_leader_of_its_partition_and_events_of_one_key_in_their_order(
    transport: Transport,
) -> None:
    async with standing(Cluster(leaders=TWO), nodes=2) as cluster:
        kafka = publishing(Kafka, cluster.url, transport)
        results = await kafka.write([event("orders", key=f"k{n}", subject=SUBJECTS[n % 4]) for n in range(8)])
    assert sorted(cluster.sent, key=lambda sent: sent.node) == [
        Sent(0, "orders", 0, ("k0", "k2", "k4", "k6")),
        Sent(1, "orders", 1, ("k1", "k3", "k5", "k7")),
    ]
    assert [result.external_id for result in results if isinstance(result, Receipt)] == [
        f"orders/{n % 2}/{40 + n // 2}" for n in range(8)
    ]


async def test_a_partition_that_moved_is_found_again_and_both_requests_are_counted(transport: Transport) -> None:
    def moved(sent: Sent) -> int:
        cluster.leaders["orders"] = [1]
        return 6 if sent.node == 0 else 0

    async with standing(Cluster(judge=moved), nodes=2) as cluster:
        kafka = publishing(Kafka, cluster.url, transport)
        results = await kafka.write([event("orders", key="a", subject="O"), event("orders", key="b", subject="O")])
    assert cluster.sent == [Sent(0, "orders", 0, ("a", "b")), Sent(1, "orders", 0, ("a", "b"))]
    assert [(result.external_id, result.calls) for result in results if isinstance(result, Receipt)] == [
        ("orders/0/40", 2),
        ("orders/0/41", 2),
    ]


async def test_a_partition_that_nobody_leads_is_tried_again_later_and_the_others_are_written(
    transport: Transport,
) -> None:
    async with standing(Cluster(leaders={"orders": [None, 0]})) as cluster:
        kafka = publishing(Kafka, cluster.url, transport)
        results = await kafka.write([event("orders", key="a", subject="O-3"), event("orders", key="b", subject="O-4")])
    assert codes(results) == ["transient leader_not_available", "receipt"]
    assert cluster.sent == [Sent(0, "orders", 1, ("b",))]


async def test_what_every_leader_sends_elsewhere_is_unknown_after_three_tries(transport: Transport) -> None:
    async with standing(Cluster(judge=lambda _: 6)) as cluster:
        assert codes(await publishing(Kafka, cluster.url, transport).write([event("orders")])) == ["outcome_unknown"]
    assert len(cluster.sent) == 3


@pytest.mark.parametrize(
    ("named", "words"),
    [
        (("10.0.0.5", 9092), "the cluster names '10.0.0.5' as one of its brokers: 10.0.0.5 is not a public address"),
        (("169.254.169.254", 80), "169.254.169.254 is not a public address"),
        (("fd00::5", 9092), "fd00::5 is not a public address"),
        (("127.0.0.1", 6379), "port 6379 is not one that web services use"),
        (("127.0.0.1", -1), "cannot be read in one way only"),
        (("evil@127.0.0.1", 9092), "has a user name in it"),
        (("", 9092), "has no host"),
    ],
)
async def test_an_address_that_the_cluster_names_is_judged_like_any_other(
    transport: Transport, named: tuple[str, int], words: str
) -> None:
    async with standing(Cluster(leaders=TWO, named={1: named}), nodes=2) as cluster:
        kafka = publishing(Kafka, cluster.url, transport)
        results = await kafka.write([event("orders", key="a", subject="O-3"), event("orders", key="b", subject="O-4")])
        health = await kafka.check()
    assert codes(results) == ["receipt", "refused"]
    assert [sent.node for sent in cluster.sent] == [0]
    assert (health.ok, words in health.detail) == (False, True), health.detail


async def test_a_name_that_the_cluster_gives_is_judged_by_what_it_resolves_to(
    transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = socket.getaddrinfo

    def resolve(host: str, *asked: Any, **more: Any) -> Any:
        return known("10.0.0.5" if host == "broker.example" else host, *asked, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    async with standing(Cluster(named={0: ("broker.example", 9092)})) as cluster:
        (result,) = await publishing(Kafka, cluster.url, transport).write([event("orders")])
    assert codes([result]) == ["refused"]
    assert "10.0.0.5 is not a public address" in str(result)
    assert cluster.sent == []


async def test_a_leader_that_says_nothing_holds_up_none_of_the_others(transport: Transport) -> None:
    async with standing(Cluster(leaders=TWO, judge=lambda sent: None if sent.node else 0), nodes=2) as cluster:
        context = Context(cluster.url, transport, {"topics": ["#"]}, {}, deadline=0.5)
        results = await Kafka(context).write([event("orders", subject=subject) for subject in ("O-3", "O-4", "O-5")])
    assert codes(results) == ["receipt", "outcome_unknown", "receipt"]


async def test_a_leader_that_is_away_concerns_its_own_events(transport: Transport) -> None:
    async with serving(silence) as port:
        pass
    async with standing(Cluster(leaders=TWO, named={1: ("127.0.0.1", port)}), nodes=2) as cluster:
        kafka = publishing(Kafka, cluster.url, transport)
        results = await kafka.write([event("orders", subject=subject) for subject in ("O-3", "O-4")])
    assert codes(results) == ["receipt", "transient"]


async def test_two_brokers_at_one_address_are_spoken_to_one_after_the_other(transport: Transport) -> None:
    async with standing(Cluster(leaders={"orders": [0, 1]}), nodes=2) as cluster:
        cluster.named = {1: ("127.0.0.1", cluster.ports[0])}
        kafka = publishing(Kafka, cluster.url, transport)
        results = await kafka.write([event("orders", subject=subject) for subject in ("O-3", "O-4")])
    assert codes(results) == ["receipt", "receipt"]


# -- batches ---------------------------------------------------------------------------------------------------------


async def test_one_event_that_the_broker_refuses_keeps_no_other_back(transport: Transport) -> None:
    async with standing(Cluster(judge=lambda sent: 87 if "bad" in sent.ids else 0)) as cluster:
        kafka = publishing(Kafka, cluster.url, transport)
        results = await kafka.write([event("orders", key=key, subject="O-3") for key in ("a", "bad", "c")])
    assert codes(results) == ["receipt", "rejected invalid_record", "receipt"]
    assert [sent.ids for sent in cluster.sent] == [("a", "bad", "c"), ("a",), ("bad",), ("c",)]


async def test_what_one_batch_cannot_hold_goes_in_the_next(transport: Transport) -> None:
    async with standing(Cluster()) as cluster:
        kafka = publishing(Kafka, cluster.url, transport)
        results = await kafka.write([event("orders", key=key, data="x" * 300_000) for key in ("a", "b", "c", "d")])
    assert [sent.ids for sent in cluster.sent] == [("a", "b"), ("c", "d")]
    assert max(map(len, cluster.bodies)) < MEGABYTE
    assert codes(results) == ["receipt"] * 4


async def test_nothing_overtakes_what_has_to_be_sent_again(transport: Transport) -> None:
    async with standing(Cluster(judge=lambda _: 19)) as cluster:
        kafka = publishing(Kafka, cluster.url, transport)
        results = await kafka.write([event("orders", key=key, data="x" * 500_000) for key in ("a", "b")])
    assert [sent.ids for sent in cluster.sent] == [("a",)]
    assert codes(results) == ["transient not_enough_replicas"] * 2


async def test_a_broker_that_asks_to_slow_down_is_heard(transport: Transport) -> None:
    async with standing(Cluster(throttle=2500)) as cluster:
        (result,) = await publishing(Kafka, cluster.url, transport).write([event("orders")])
    assert isinstance(result, Receipt)
    assert result.rest == 2.5


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"partitionkey": "C-7", "subject": "O-3"}, b"C-7"),
        ({"subject": "Ö-1"}, "Ö-1".encode()),
        ({}, None),
    ],
)
def test_the_key_is_the_partition_key_else_the_subject(more: dict[str, str], expected: bytes | None) -> None:
    assert key_of(message_of(event("orders", **more), {"topics": ["#"]})) == expected


async def test_the_id_is_a_header_in_both_modes(transport: Transport) -> None:
    async with standing(Cluster()) as cluster:
        for mode in ("binary", "structured"):
            await publishing(Kafka, cluster.url, transport, mode=mode).write([event("orders", key="a")])
    assert [sent.ids for sent in cluster.sent] == [("a",), ("a",)]
    assert [len(re.findall(rb"ce_type", body)) for body in cluster.bodies] == [1, 0]


# -- what is not sent ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "topic", ["__consumer_offsets", "__transaction_state", "a/b", "a:b", "Ä", ".", "..", "x" * 250]
)
async def test_a_topic_of_the_brokers_own_or_that_it_cannot_have_is_refused_whatever_is_allowed(
    transport: Transport, topic: str
) -> None:
    assert codes(await publishing(Kafka, "kafka://127.0.0.1:1", transport).write([event(topic)])) == ["refused"]


async def test_a_topic_that_is_not_listed_is_refused_and_the_others_are_written(transport: Transport) -> None:
    async with standing(Cluster()) as cluster:
        kafka = publishing(Kafka, cluster.url, transport, topics=["orders"])
        assert codes(await kafka.write([event("salaries"), event("orders")])) == [
            "refused topic_not_allowed",
            "receipt",
        ]
    assert {sent.topic for sent in cluster.sent} == {"orders"}


@pytest.mark.parametrize(
    ("path", "settings"), [("", {"mechanism": "GSSAPI"}), ("", {"mechanism": ["PLAIN"]}), ("/orders", {})]
)
async def test_settings_that_do_not_fit_are_rejected_before_anything_is_sent(
    transport: Transport, path: str, settings: dict[str, object]
) -> None:
    async with standing(Cluster()) as cluster:
        kafka = publishing(Kafka, f"{cluster.url}{path}", transport, **settings)
        assert codes(await kafka.write([event("orders")])) == ["rejected"]
    assert cluster.heard == []


async def test_check_asks_where_the_brokers_are_and_sends_nothing(transport: Transport) -> None:
    async with standing(Cluster(), nodes=2) as cluster:
        health = await publishing(Kafka, cluster.url, transport).check()
    assert (health.ok, health.detail) == (True, "reachable, and the credential is taken")
    assert cluster.heard == [(0, VERSIONS), (0, METADATA)]
