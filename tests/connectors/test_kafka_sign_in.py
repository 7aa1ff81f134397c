"""Signing in at Kafka's brokers: by whom, how, and that the broker is the one that it should be."""

from __future__ import annotations

import ssl

import pytest

from connectors.kafka.connector import Kafka
from connectors.transport import Transport
from tests.connectors.brokers import codes, event, publishing
from tests.connectors.certificates import Certificate
from tests.connectors.kafka_stub import AUTHENTICATE, METADATA, PRODUCE, Cluster, standing

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

ADA = {"user": "ada,=", "password": "pw-of-ada"}


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
async def test_it_signs_in_at_every_broker_and_a_wrong_password_is_a_refusal_of_the_credential(
    transport: Transport, mechanism: str
) -> None:
    known = Cluster(leaders={"orders": [0, 1]}, passwords={"ada,=": "pw-of-ada"})
    async with standing(known, nodes=2) as cluster:
        kafka = publishing(Kafka, cluster.url, transport, mechanism=mechanism, **ADA)
        assert codes(await kafka.write([event("orders", subject=subject) for subject in ("O-3", "O-4")])) == [
            "receipt",
            "receipt",
        ]
        assert {node for node, key in cluster.heard if key == AUTHENTICATE} == {0, 1}
        wrong = publishing(Kafka, cluster.url, transport, mechanism=mechanism, user="ada,=", password="wr0ng")
        (refused,) = await wrong.write([event("orders")])
    assert codes([refused]) == ["auth_failed 58"]
    assert "wr0ng" not in str(refused)


async def test_who_must_sign_in_and_does_not_is_told_why_the_connection_ends(transport: Transport) -> None:
    async with standing(Cluster(passwords={"ada": "pw"})) as cluster:
        health = await publishing(Kafka, cluster.url, transport).check()
    assert (health.ok, "the setting user says who signs in" in health.detail) == (False, True), health.detail


@pytest.mark.parametrize(
    ("cluster", "expected"),
    [
        (Cluster(proves_itself=False), "auth_failed"),
        (Cluster(mechanisms=("PLAIN", "GSSAPI")), "refused"),
        (Cluster(iterations="1"), "contract_broken"),
        (Cluster(iterations="2000000000"), "contract_broken"),
        (Cluster(iterations="x"), "contract_broken"),
    ],
    ids=["does not know the password", "another mechanism", "one round", "rounds for hours", "no rounds"],
)
async def test_a_broker_that_is_not_the_one_it_should_be_gets_no_events(
    transport: Transport, cluster: Cluster, expected: str
) -> None:
    cluster.passwords = {"ada,=": "pw-of-ada"}
    async with standing(cluster):
        kafka = publishing(Kafka, cluster.url, transport, **ADA)
        assert codes(await kafka.write([event("orders")])) == [expected]
    assert [key for _, key in cluster.heard if key in {METADATA, PRODUCE}] == []


def under(certificate: Certificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.file, certificate.key)
    return context


async def test_every_broker_is_spoken_to_under_tls_and_by_a_certificate_of_the_name_that_the_cluster_tells(
    transport: Transport, certificate: Certificate
) -> None:
    leaders: dict[str, list[int | None]] = {"orders": [0, 1]}
    async with standing(Cluster(leaders=leaders), nodes=2, context=under(certificate)) as cluster:
        url = cluster.url.replace("kafka", "kafkas")
        believing = publishing(Kafka, url, transport, tls_authority=certificate.text)
        events = [event("orders", subject=subject) for subject in ("O-3", "O-4")]
        assert codes(await believing.write(events)) == ["receipt", "receipt"]
        assert codes(await publishing(Kafka, url, transport).write(events)) == ["transient", "transient"]
        cluster.named = {1: ("localhost", cluster.ports[1])}
        first, second = await believing.write(events)
    assert codes([first, second]) == ["receipt", "transient"]
    assert "its certificate is not valid" in str(second)
    assert [sent.node for sent in cluster.sent] == [0, 1, 0]
