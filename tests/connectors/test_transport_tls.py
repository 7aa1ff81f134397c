"""The door over TLS: whom it believes, and that nothing is left over in it for the next request."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from connectors.errors import ContractBroken, OutcomeUnknown, Transient
from connectors.transport import Guard, Limits, Transport
from tests.connectors.certificates import Certificate
from tests.connectors.names import Names

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ntrue"
FORGED = b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nforged"
HERE = ("127.0.0.0/8",)


class Server:
    """Answers by the path; counts connections and keeps the paths that were asked for."""

    def __init__(self) -> None:
        self.connections = 0
        self.asked: list[bytes] = []

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while request := await reader.readuntil(b"\r\n\r\n"):
                self.asked.append(request.split()[1])
                self._answer(self.asked[-1], writer)
        writer.transport.abort()

    def _answer(self, path: bytes, writer: asyncio.StreamWriter) -> None:
        if path == b"/abort":
            writer.transport.abort()
        elif path == b"/end":
            writer.close()
        elif path == b"/one-record":
            writer.write(OK + FORGED)
        elif path == b"/two-records":
            writer.write(OK)
            writer.write(FORGED)
        elif path != b"/silent":
            writer.write(OK)


@asynccontextmanager
async def serving(certificate: Certificate) -> AsyncIterator[tuple[Server, str]]:
    """The server and its address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.file, certificate.key)
    made = Server()
    server = await asyncio.start_server(made.take, "127.0.0.1", 0, ssl=context)
    try:
        yield made, f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await server.wait_closed()


@pytest.fixture
async def door() -> AsyncIterator[Transport]:
    async with Transport(Guard(HERE), Limits(deadline=5.0), resolver=Names({"other.example": [["127.0.0.1"]]})) as made:
        yield made


@pytest.fixture
def believed(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's administrator has put it where OpenSSL looks for such; aiohttp looks once, at import."""
    monkeypatch.setattr(aiohttp.connector, "_SSL_CONTEXT_VERIFIED", ssl.create_default_context(cafile=certificate.file))


async def test_a_certificate_that_nobody_vouches_for(certificate: Certificate, door: Transport) -> None:
    async with serving(certificate) as (server, url):
        with pytest.raises(Transient) as error:
            await door.request("POST", f"{url}/", content=b"x")
    assert error.value.reason == (
        f"could not connect to {url}: its certificate is not valid (self-signed certificate); nothing was sent"
    )
    assert server.asked == []


@pytest.mark.usefixtures("believed")
async def test_a_certificate_for_another_name(certificate: Certificate, door: Transport) -> None:
    async with serving(certificate) as (server, url):
        with pytest.raises(Transient, match=r"its certificate is not valid \(Hostname mismatch.*\); nothing was"):
            await door.request("POST", url.replace("127.0.0.1", "other.example"), content=b"x")
    assert server.asked == []


@pytest.mark.usefixtures("believed")
async def test_one_that_the_system_believes_and_its_connection_is_kept(
    certificate: Certificate, door: Transport
) -> None:
    async with serving(certificate) as (server, url):
        for _ in range(3):
            assert (await door.request("POST", f"{url}/", content=b"x")).body == b"true"
        await door.aclose()
    assert server.connections == 1


@pytest.mark.usefixtures("believed")
@pytest.mark.parametrize("pause", [0.0, 0.05], ids=["at once", "later"])
@pytest.mark.parametrize("following", ["/", "/silent"])
async def test_what_was_left_over_is_never_the_next_answer(
    certificate: Certificate, door: Transport, following: str, pause: float
) -> None:
    async with serving(certificate) as (_, url):
        with contextlib.suppress(ContractBroken):  # noticed already
            assert (await door.request("GET", f"{url}/two-records")).body == b"true"
        await asyncio.sleep(pause)
        quick = Limits(deadline=0.5)
        with contextlib.suppress(OutcomeUnknown):
            assert (await door.request("POST", f"{url}{following}", content=b"x", limits=quick)).body == b"true"
        assert (await door.request("POST", f"{url}/", content=b"x")).body == b"true"
        await door.aclose()


@pytest.mark.usefixtures("believed")
async def test_what_goes_on_in_the_answers_record_is_not_the_next_answer(
    certificate: Certificate, door: Transport
) -> None:
    async with serving(certificate) as (_, url):
        with contextlib.suppress(ContractBroken):  # noticed already
            assert (await door.request("GET", f"{url}/one-record")).body == b"true"
        assert (await door.request("POST", f"{url}/", content=b"x")).body == b"true"
        await door.aclose()


@pytest.mark.usefixtures("believed")
@pytest.mark.parametrize("warm", [False, True])
@pytest.mark.parametrize("path", ["/abort", "/end"])
async def test_a_write_that_is_hung_up_on_is_unknown_and_sent_once(
    certificate: Certificate, door: Transport, path: str, warm: bool
) -> None:
    async with serving(certificate) as (server, url):
        if warm:
            await door.request("GET", f"{url}/")
        with pytest.raises(OutcomeUnknown, match="closed the connection before its whole answer had come"):
            await door.request("POST", f"{url}{path}", content=b"x")
        await door.aclose()
    assert server.asked.count(path.encode()) == 1


@pytest.mark.usefixtures("believed")
@pytest.mark.parametrize("path", ["/abort", "/end"])
async def test_a_read_that_is_hung_up_on_is_transient(certificate: Certificate, door: Transport, path: str) -> None:
    async with serving(certificate) as (_, url):
        with pytest.raises(Transient, match="closed the connection before its whole answer had come"):
            await door.request("GET", f"{url}{path}")
        await door.aclose()
