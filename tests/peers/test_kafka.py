"""Events to a cluster of three brokers, librdkafka's own, read back by its consumer."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from confluent_kafka import Consumer, KafkaError, Message, Producer

from connectors.kafka.connector import Kafka
from connectors.messages import Receipt
from connectors.transport import Guard, Transport
from tests.connectors.brokers import TRACE, codes, event, publishing

pytestmark = [pytest.mark.peers, pytest.mark.allow_hosts(["127.0.0.1"])]

PARTITIONS = 4


@dataclass
class MockCluster:
    """The cluster lives as long as the producer that started it, which chooses partitions as Java's clients do."""

    producer: Producer = field(
        default_factory=lambda: Producer(
            {
                "bootstrap.servers": "mock",
                "test.mock.num.brokers": 3,
                "partitioner": "murmur2_random",
                "log_level": 0,
            }
        )
    )

    def topic(self) -> str:
        """A topic of its own; being asked for by this client is what makes it."""
        name = f"interlock.{uuid.uuid4().hex}"
        assert len(self.producer.list_topics(name, timeout=10).topics[name].partitions) == PARTITIONS
        return name

    @property
    def brokers(self) -> list[str]:
        """Host and port of each."""
        return [f"{one.host}:{one.port}" for one in self.producer.list_topics(timeout=10).brokers.values()]

    def read(self, topic: str, count: int) -> list[Message]:
        """The first ``count`` records of the topic, their sums checked; of each partition in its order."""
        consumer = Consumer(
            {
                "bootstrap.servers": ",".join(self.brokers),
                "group.id": topic,
                "auto.offset.reset": "earliest",
                "check.crcs": True,
                "log_level": 0,
            }
        )
        consumer.subscribe([topic])
        found: list[Message] = []
        try:
            while len(found) < count:
                message = consumer.poll(30)
                assert message is not None, f"{len(found)} of {count} came"
                if (error := message.error()) is not None:
                    assert error.code() == KafkaError._PARTITION_EOF, error
                    continue
                found.append(message)
        finally:
            consumer.close()
        return found

    def produced(self, topic: str, keys: Sequence[bytes]) -> dict[bytes, int]:
        """Records with these keys, by the other client; gives the partition that it chose for each."""
        chosen: dict[bytes, int] = {}

        def keep(error: KafkaError | None, message: Message) -> None:
            assert error is None, error
            chosen[message.key() or b""] = message.partition() or 0

        for key in keys:
            self.producer.produce(topic, key=key, value=b"theirs", on_delivery=keep)
        assert self.producer.flush(30) == 0
        return chosen


@pytest.fixture(scope="module")
def cluster() -> MockCluster:
    return MockCluster()


@pytest.fixture
def topic(cluster: MockCluster) -> str:
    return cluster.topic()


@pytest.fixture
def url(cluster: MockCluster) -> str:
    return f"kafka://{cluster.brokers[0]}"


async def test_an_event_is_read_as_it_was_sent(
    transport: Transport, cluster: MockCluster, topic: str, url: str
) -> None:
    kafka = publishing(Kafka, url, transport)
    (result,) = await kafka.write([event(topic, subject="O-1", time="2026-11-21T08:30:00Z")])
    (read,) = cluster.read(topic, 1)
    assert (read.key(), read.value()) == (b"O-1", b'{"total":"12.50"}')
    assert read.headers() == [
        ("content-type", b"application/json"),
        ("ce_specversion", b"1.0"),
        ("ce_id", b"step-1.r1"),
        ("ce_source", b"/interlock"),
        ("ce_type", b"order.paid"),
        ("ce_subject", b"O-1"),
        ("ce_time", b"2026-11-21T08:30:00Z"),
        ("ce_traceparent", TRACE.encode()),
    ]
    assert isinstance(result, Receipt)
    assert result.external_id == f"{topic}/{read.partition()}/{read.offset()}"


async def test_a_structured_event_is_one_document_and_its_id_a_header(
    transport: Transport, cluster: MockCluster, topic: str, url: str
) -> None:
    kafka = publishing(Kafka, url, transport, mode="structured", source="/erp")
    await kafka.write([event(topic, partitionkey="C-7")])
    (read,) = cluster.read(topic, 1)
    assert read.key() == b"C-7"
    assert read.headers() == [("content-type", b"application/cloudevents+json"), ("ce_id", b"step-1.r1")]
    assert read.value() == (
        b'{"specversion":"1.0","id":"step-1.r1","source":"/erp","type":"order.paid","partitionkey":"C-7",'
        b'"traceparent":"%b","datacontenttype":"application/json","data":{"total":"12.50"}}' % TRACE.encode()
    )


async def test_a_key_has_the_partition_that_another_producer_chooses_for_it(
    transport: Transport, cluster: MockCluster, topic: str, url: str
) -> None:
    keys = [f"O-{n}" for n in range(97)] + ["é", "日本", "x" * 1000]
    theirs = cluster.produced(topic, [key.encode() for key in keys])
    results = await publishing(Kafka, url, transport).write([event(topic, subject=key) for key in keys])
    ours = [int(result.external_id.split("/")[1]) for result in results if isinstance(result, Receipt)]
    assert dict(zip([key.encode() for key in keys], ours, strict=True)) == theirs
    assert set(ours) == set(range(PARTITIONS))


async def test_events_of_one_key_are_read_in_the_order_in_which_they_were_sent(
    transport: Transport, cluster: MockCluster, topic: str, url: str
) -> None:
    kafka = publishing(Kafka, url, transport)
    for start in (0, 100):
        sent = [event(topic, key=f"k{n}", subject=f"O-{n % 7}") for n in range(start, start + 100)]
        assert codes(await kafka.write(sent)) == ["receipt"] * 100
    read: dict[bytes, list[bytes]] = {}
    for record in cluster.read(topic, 200):
        known = dict(record.headers() or ())["ce_id"]
        assert isinstance(known, bytes)
        read.setdefault(record.key() or b"", []).append(known)
    assert read == {f"O-{rest}".encode(): [f"k{n}".encode() for n in range(200) if n % 7 == rest] for rest in range(7)}


async def test_large_events_and_those_without_a_key_arrive(
    transport: Transport, cluster: MockCluster, topic: str, url: str
) -> None:
    kafka = publishing(Kafka, url, transport)
    results = await kafka.write([event(topic, key=f"k{n}", data="x" * 400_000) for n in range(5)])
    assert codes(results) == ["receipt"] * 5
    read = cluster.read(topic, 5)
    assert [(record.key(), len(record.value() or b"")) for record in read] == [(None, 400_002)] * 5


async def test_both_forms_of_an_event_go_to_their_topics(
    transport: Transport, cluster: MockCluster, topic: str, url: str
) -> None:
    older = cluster.topic()
    form = {"type": "order.v1", "topic": older, "data": {"sum": "12.50"}}
    assert codes(await publishing(Kafka, url, transport).write([event(topic, former=[form])])) == ["receipt"]
    assert [record.value() for record in cluster.read(topic, 1)] == [b'{"total":"12.50"}']
    assert [record.value() for record in cluster.read(older, 1)] == [b'{"sum":"12.50"}']


async def test_a_topic_that_does_not_exist_is_not_made(transport: Transport, cluster: MockCluster, url: str) -> None:
    name = f"interlock.{uuid.uuid4().hex}"
    assert codes(await publishing(Kafka, url, transport).write([event(name)])) == ["transient unknown_topic"]
    assert name not in cluster.producer.list_topics(timeout=10).topics


async def test_a_cluster_in_a_private_network_is_refused_where_that_is_not_allowed(url: str, topic: str) -> None:
    async with Transport(Guard()) as door:
        assert codes(await publishing(Kafka, url, door).write([event(topic)])) == ["refused"]


async def test_check_reaches_it(transport: Transport, url: str) -> None:
    health = await publishing(Kafka, url, transport).check()
    assert (health.ok, health.detail) == (True, "reachable, and the credential is taken")
