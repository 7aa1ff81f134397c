"""An error of the door says whether the request had left: before, it may be tried again; after, nobody knows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from connectors.errors import ConnectorError, OutcomeUnknown, Transient
from connectors.transport import Guard, Limits, Transport
from tests.connectors.names import Names
from tests.connectors.stub import Stub

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

WRITES = ["POST", "PUT", "PATCH", "DELETE"]
READS = ["GET", "HEAD"]
QUICK = Limits(deadline=0.6)


# -- before the request left ------------------------------------------------------------------------------


@pytest.mark.parametrize("method", WRITES + READS)
async def test_nobody_there_is_transient_for_writes_too(transport: Transport, dead_url: str, method: str) -> None:
    with pytest.raises(Transient) as error:
        await transport.request(method, f"{dead_url}/hook?token=hidden", content=b"x")
    assert error.value.reason == f"could not connect to {dead_url}: connection refused; nothing was sent"
    assert (error.value.retry_after, error.value.calls) == (None, 0)


async def test_a_name_that_does_not_exist_is_transient() -> None:
    async with Transport(Guard(), resolver=Names({})) as door:
        with pytest.raises(Transient, match=r"http://gone\.example: its name was not found; nothing was sent"):
            await door.request("POST", "http://gone.example/", content=b"x")


async def test_a_server_without_tls_is_transient(stub: Stub, transport: Transport) -> None:
    with pytest.raises(Transient, match="the TLS handshake failed; nothing was sent"):
        await transport.request("POST", f"https://127.0.0.1:{stub.port}/", content=b"x")
    assert stub.received == []


async def test_a_name_server_that_hangs_is_bounded_by_the_connect_time() -> None:
    class Hanging(AbstractResolver):
        async def resolve(self, *_: object, **__: object) -> list[ResolveResult]:
            await asyncio.Event().wait()
            raise AssertionError

        async def close(self) -> None:
            """Nothing is open."""

    async with Transport(Guard(), Limits(deadline=30, connect=0.1), resolver=Hanging()) as door:
        with pytest.raises(Transient, match="time ran out; nothing was sent"):
            await door.request("POST", "http://slow.example/", content=b"x")


async def test_a_body_that_could_not_be_sent_whole_is_transient(transport: Transport) -> None:
    """The receiver reads nothing: most of the body stays here, so it cannot have acted on the request."""

    async def deaf(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert isinstance(writer.transport, asyncio.Transport)
        writer.transport.pause_reading()
        peers.append(writer)

    peers: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(deaf, "127.0.0.1", 0, limit=1024)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(Transient, match=r"the request to \S+ could not be sent whole: time ran out"):
        await transport.request("POST", f"http://127.0.0.1:{port}/", content=bytes(32_000_000), limits=QUICK)
    for peer in peers:
        peer.transport.abort()
    server.close()
    await server.wait_closed()


# -- after it left ---------------------------------------------------------------------------------------------

BROKEN: dict[str, Callable[[Stub], None]] = {
    "silent": lambda stub: stub.silent("/"),
    "resets": lambda stub: stub.resets("/"),
    "half": lambda stub: stub.half("/"),
    "trickles": lambda stub: stub.trickles("/"),
}


@pytest.mark.parametrize("method", WRITES)
@pytest.mark.parametrize("way", BROKEN)
async def test_a_write_without_a_whole_answer_is_unknown_and_never_repeated(
    stub: Stub, transport: Transport, way: str, method: str
) -> None:
    BROKEN[way](stub)
    with pytest.raises(OutcomeUnknown, match=f"{method} may have taken effect"):
        await transport.request(method, f"{stub.url}/", content=b"x", limits=QUICK)
    assert [got.method for got in stub.received] == [method]


@pytest.mark.parametrize("method", WRITES)
async def test_a_write_on_a_kept_connection_that_breaks_is_not_repeated(
    stub: Stub, transport: Transport, method: str
) -> None:
    stub.answer("/warm")
    await transport.request("GET", f"{stub.url}/warm")
    stub.resets("/")
    with pytest.raises(OutcomeUnknown):
        await transport.request(method, f"{stub.url}/", content=b"x")
    assert [got.method for got in stub.received] == ["GET", method]


@pytest.mark.parametrize("method", WRITES)
async def test_a_write_without_a_body_that_breaks_is_unknown_too(stub: Stub, transport: Transport, method: str) -> None:
    stub.resets("/")
    with pytest.raises(OutcomeUnknown):
        await transport.request(method, f"{stub.url}/")
    assert len(stub.received) == 1


@pytest.mark.parametrize("way", ["silent", "resets", "half", "trickles"])
async def test_a_read_without_a_whole_answer_is_transient(stub: Stub, transport: Transport, way: str) -> None:
    BROKEN[way](stub)
    with pytest.raises(Transient):
        await transport.request("GET", f"{stub.url}/", limits=QUICK)


async def test_the_deadline_is_for_everything_together(stub: Stub, transport: Transport) -> None:
    stub.trickles("/")
    started = asyncio.get_running_loop().time()
    with pytest.raises(Transient, match="did not answer in time"):
        await transport.request("GET", f"{stub.url}/", limits=QUICK)
    assert 0.5 < asyncio.get_running_loop().time() - started < 10


async def test_cancelling_is_not_turned_into_an_error(stub: Stub, transport: Transport) -> None:
    stub.silent("/")
    task = asyncio.create_task(transport.request("POST", f"{stub.url}/", content=b"x"))
    await stub.arrived()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("way", ["silent", "resets", "half", "dead"])
async def test_no_error_shows_the_path_the_query_or_a_header(
    stub: Stub, transport: Transport, dead_url: str, way: str
) -> None:
    if way != "dead":
        BROKEN[way](stub)
        stub.behave("/hook-hidden1", stub._answers["/"])
    origin = dead_url if way == "dead" else stub.url
    with pytest.raises(ConnectorError) as caught:
        await transport.request(
            "POST",
            f"{origin}/hook-hidden1?token=hidden2",
            headers={"Authorization": "Bearer hidden3"},
            content=b"hidden4",
            limits=QUICK,
        )
    error = caught.value
    shown = f"{error!r} {error} {error.reason} {error.detail} {error.__cause__!r} {error.body!r}"
    assert "hidden" not in shown
    assert error.__suppress_context__ is True
