"""Events to the NATS that listens on this machine, in streams of the test's own."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator

import pytest

from connectors.messages import Receipt
from connectors.nats.connector import Nats
from connectors.nats.session import Session
from connectors.streams import open_stream
from connectors.transport import Transport
from tests.connectors.brokers import codes, event, publishing
from tests.peers.installing import run
from tests.peers.peer import Peer

pytestmark = [pytest.mark.peers, pytest.mark.allow_hosts(["127.0.0.1"])]

URL = "nats://127.0.0.1:4222"
SECOND = 1_000_000_000


class Streams:
    """JetStream's API, and the stream of one test."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.name = f"interlock{uuid.uuid4().hex}"

    async def make(self, **options: object) -> str:
        """A stream of everything below its own name; gives a subject in it."""
        config = {"name": self.name, "subjects": [f"{self.name}.>"], "storage": "memory", **options}
        answer = await self.session.ask(f"$JS.API.STREAM.CREATE.{self.name}", config)
        assert "error" not in answer, answer
        return f"{self.name}.paid"

    async def count(self) -> int:
        """How many messages it has."""
        about = await self.session.ask(f"$JS.API.STREAM.INFO.{self.name}", {})
        return int(about["state"]["messages"])


@pytest.fixture
async def streams(transport: Transport) -> AsyncIterator[Streams]:
    service = transport.guard.check_service(URL, {"nats": 4222})
    made = Streams(await Session.open(await open_stream(service, transport.guard, (4222,)), {}, None))
    yield made
    await made.session.ask(f"$JS.API.STREAM.DELETE.{made.name}", {})
    await made.session.close()


async def test_events_are_acknowledged_with_their_places_in_the_stream(transport: Transport, streams: Streams) -> None:
    subject = await streams.make()
    nats = publishing(Nats, URL, transport)
    results = await nats.write([event(subject, key=f"k{n}") for n in range(100)])
    assert [result.external_id for result in results if isinstance(result, Receipt)] == [
        f"{streams.name}/{n}" for n in range(1, 101)
    ]


async def test_an_event_that_comes_again_is_recognised_and_kept_once(transport: Transport, streams: Streams) -> None:
    subject = await streams.make()
    nats = publishing(Nats, URL, transport)
    assert codes(await nats.write([event(subject)])) == ["receipt"]
    assert codes(await nats.write([event(subject, takeover=True)])) == ["found"]
    assert await streams.count() == 1


async def test_an_event_that_comes_again_after_the_window_is_looked_for(transport: Transport, streams: Streams) -> None:
    """A window of 100 ms stands for two minutes that have passed: only the look tells."""
    subject = await streams.make(duplicate_window=SECOND // 10)
    nats = publishing(Nats, URL, transport)
    assert codes(await nats.write([event(subject, key=f"k{n}") for n in range(5)])) == ["receipt"] * 5
    results = await nats.write([event(subject, key="k1", takeover=True), event(subject, key="new", takeover=True)])
    assert codes(results) == ["found", "receipt"]
    assert await streams.count() == 6


async def test_where_the_look_cannot_tell_a_person_decides(transport: Transport, streams: Streams) -> None:
    subject = await streams.make(duplicate_window=SECOND // 10)
    nats = publishing(Nats, URL, transport)
    for start in range(0, 1100, 100):
        await nats.write([event(subject, key=f"k{start + n}", data=None) for n in range(100)])
    (result,) = await nats.write([event(subject, key="long-ago", takeover=True, key_expired=True)])
    assert codes([result]) == ["rejected key_expired"]


async def test_messages_of_more_than_a_mebibyte_as_json_are_looked_through(
    transport: Transport, streams: Streams
) -> None:
    subject = await streams.make(duplicate_window=SECOND // 10)
    nats = publishing(Nats, URL, transport)
    large = [event(subject, key=f"k{n}", data="x" * 1_000_000) for n in range(3)]
    assert codes(await nats.write(large)) == ["receipt"] * 3
    again = [event(subject, key=key, takeover=True, key_expired=True) for key in ("k0", "new")]
    assert codes(await nats.write(again)) == ["found", "receipt"]


async def test_places_whose_messages_were_deleted_hold_none(transport: Transport, streams: Streams) -> None:
    subject = await streams.make(duplicate_window=SECOND // 10)
    nats = publishing(Nats, URL, transport)
    await nats.write([event(subject, key=f"k{n}") for n in range(4)])
    await streams.session.ask(f"$JS.API.STREAM.MSG.DELETE.{streams.name}", {"seq": 3})
    again = [event(subject, key=key, takeover=True, key_expired=True) for key in ("k0", "new")]
    assert codes(await nats.write(again)) == ["found", "receipt"]


async def test_a_stream_that_holds_nothing_yet_is_published_to(transport: Transport, streams: Streams) -> None:
    subject = await streams.make()
    nats = publishing(Nats, URL, transport)
    assert codes(await nats.write([event(subject, takeover=True, key_expired=True)])) == ["receipt"]


async def test_a_subject_that_no_stream_keeps_is_unroutable(transport: Transport) -> None:
    nats = publishing(Nats, URL, transport)
    assert codes(await nats.write([event(f"interlock.{uuid.uuid4().hex}")])) == ["rejected unroutable"]


async def test_a_full_stream_is_tried_again_later(transport: Transport, streams: Streams) -> None:
    subject = await streams.make(max_msgs=1, discard="new")
    nats = publishing(Nats, URL, transport)
    assert codes(await nats.write([event(subject, key="a"), event(subject, key="b")])) == ["receipt", "transient 10077"]


class EncryptedNats(Peer):
    """Debian's server under TLS, with a certificate for 127.0.0.1 that is its own authority, and one user."""

    name = "nats"

    def command(self) -> list[str]:
        """The certificate is made now."""
        made, key = self.folder / "cert.pem", self.folder / "key.pem"
        words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        words += ["-days", "2", "-subj", "/CN=nats", "-addext", "subjectAltName=IP:127.0.0.1"]
        run([*words, "-out", str(made), "-keyout", str(key)])
        options = ["-a", "127.0.0.1", "-p", str(self.port), "-js", "-sd", str(self.folder / "js")]
        credential = ["--user", "ada", "--pass", "pw-of-ada"]
        return ["/usr/sbin/nats-server", *options, *credential, "--tls", "--tlscert", str(made), "--tlskey", str(key)]


async def test_a_broker_under_tls_is_believed_by_its_authority_and_signed_in_at(transport: Transport) -> None:
    with EncryptedNats() as broker:
        authority = (broker.folder / "cert.pem").read_text()
        address = f"127.0.0.1:{broker.port}"
        known = {"user": "ada", "password": "pw-of-ada", "tls_authority": authority}
        assert (await publishing(Nats, f"tls://{address}", transport, **known).check()).ok is True
        expected = {
            f"tls://{address}": ({**known, "tls_authority": ""}, "its certificate is not valid"),
            f"nats://{address}": (known, "write the address with tls://"),
        }
        for url, (settings, words) in expected.items():
            health = await publishing(Nats, url, transport, **settings).check()
            assert (health.ok, words in health.detail) == (False, True), health.detail
        wrong = await publishing(Nats, f"tls://{address}", transport, **{**known, "password": "no"}).write([event("a")])
        assert codes(wrong) == ["auth_failed"]


class NatsWithRights(Peer):
    """Debian's server with one user who makes streams, and one who may only publish to ``orders``."""

    name = "nats"

    def command(self) -> list[str]:
        """The rights are written down now."""
        rights = '{publish: ["orders"], subscribe: ["_INBOX.>"]}'
        users = f"{{user: admin, password: pw}}, {{user: teller, password: pw, permissions: {rights}}}"
        (self.folder / "conf").write_text(f"authorization {{ users: [{users}] }}\n")
        options = ["-a", "127.0.0.1", "-p", str(self.port), "-js", "-sd", str(self.folder / "js")]
        return ["/usr/sbin/nats-server", *options, "-c", str(self.folder / "conf")]


async def test_who_may_only_publish_is_recognised_by_the_stream_and_cannot_look(transport: Transport) -> None:
    with NatsWithRights() as broker:
        url = f"nats://127.0.0.1:{broker.port}"
        service = transport.guard.check_service(url, {"nats": 4222})
        stream = await open_stream(service, transport.guard, (4222,))
        admin = await Session.open(stream, {"user": "admin", "pass": "pw"}, None)
        await admin.ask("$JS.API.STREAM.CREATE.orders", {"name": "orders", "subjects": ["orders"]})
        await admin.close()
        nats = publishing(Nats, url, transport, user="teller", password="pw")
        assert (await nats.check()).ok is True
        assert codes(await nats.write([event("orders", key="a")])) == ["receipt"]
        again = [event("orders", key="a", takeover=True), event("orders", key="b", takeover=True, key_expired=True)]
        assert codes(await nats.write([*again, event("orders", key="c")])) == [
            "found",
            "auth_failed topic_denied",
            "receipt",
        ]


async def test_check_tells_the_version(transport: Transport) -> None:
    health = await publishing(Nats, URL, transport).check()
    assert (health.ok, health.version[:2]) == (True, "2.")
