"""The door for what is not HTTP: the same guard, asked for the very address, and TLS by the host's name."""

from __future__ import annotations

import asyncio
import errno
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from connectors import streams
from connectors.errors import ContractBroken, Refused, Transient
from connectors.guard import Guard, Service
from connectors.streams import Gone, open_stream, trusting
from tests.connectors.brokers import serving, silence
from tests.connectors.certificates import Certificate

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

HERE = Guard(("127.0.0.0/8",))
PORTS = {"amqp": 5672, "amqps": 5671}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("amqp://127.0.0.1", Service("amqp", "127.0.0.1", 5672)),
        ("amqps://Broker.Example/", Service("amqps", "broker.example", 5671)),
        ("amqp://127.0.0.1:20000/%2Fsales", Service("amqp", "127.0.0.1", 20000, "/%2Fsales")),
        ("AMQP://broker.example:443/a", Service("amqp", "broker.example", 443, "/a")),
    ],
)
def test_an_address_is_read_with_its_protocols_own_port(url: str, expected: Service) -> None:
    assert HERE.check_service(url, PORTS) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "broker.example",
        "http://broker.example",
        "nats://broker.example",
        "amqp://",
        "amqp://user:pw@broker.example",
        "amqp://broker.example:6379",
        "amqp://broker.example:25",
        "amqp://broker.example:0",
        "amqp://broker.example:70000",
        "amqp://10.0.0.1",
        "amqp://[::1]",
        "amqp://169.254.169.254",
        "amqp://2130706433",
        "amqp://0x7f.1",
        "amqp://broker.example.",
        "amqp://broker.example?heartbeat=1",
        "amqp://broker.example/#a",
        "amqp://broker.example\\@evil.example",
        "amqp://brøker.example",
        "amqp:/broker.example",
    ],
)
def test_every_other_address_is_refused(url: str) -> None:
    with pytest.raises(Refused):
        HERE.check_service(url, PORTS)


def test_localhost_is_refused_where_loopback_is() -> None:
    with pytest.raises(Refused, match="localhost"):
        Guard().check_service("amqp://localhost", PORTS)
    assert HERE.check_service("amqp://localhost", PORTS).host == "localhost"


def answering(*addresses: str) -> Callable[[str, int], Awaitable[list[str]]]:
    async def resolve(_host: str, _port: int) -> list[str]:
        return list(addresses)

    return resolve


async def test_a_name_is_refused_when_one_of_its_addresses_is() -> None:
    service = Service("amqp", "broker.example", 5672)
    with pytest.raises(Refused, match=r"10\.0\.0\.1 is not a public address"):
        await open_stream(service, HERE, PORTS.values(), resolve=answering("127.0.0.1", "10.0.0.1"))


async def test_the_judged_address_is_the_one_that_is_connected_to() -> None:
    async with serving(silence) as port:
        service = Service("amqp", "no-such-name.example", port)
        stream = await open_stream(service, HERE, PORTS.values(), resolve=answering("127.0.0.1"))
        await stream.close()


Opened = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def silent(monkeypatch: pytest.MonkeyPatch, address: str, given_up: Callable[[], Awaitable[Opened]]) -> None:
    """Nothing ever comes back from ``address``; what an attempt there ends in when it is ``given_up``."""
    really = asyncio.open_connection

    async def opened(host: str, port: int, **more: Any) -> Opened:
        if host != address:
            return await really(host, port, **more)
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            return await given_up()
        raise AssertionError

    monkeypatch.setattr(asyncio, "open_connection", opened)
    monkeypatch.setattr(streams, "STAGGER_SECONDS", 0.0)


async def test_an_address_that_says_nothing_does_not_keep_the_next_from_being_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ended = asyncio.Event()

    async def end() -> Opened:
        ended.set()
        raise asyncio.CancelledError

    silent(monkeypatch, "127.0.0.9", end)
    async with serving(silence) as port:
        service = Service("amqp", "broker.example", port)
        stream = await open_stream(service, HERE, PORTS.values(), resolve=answering("127.0.0.9", "127.0.0.1"))
        async with asyncio.timeout(5):
            await ended.wait()
        await stream.close()


async def test_an_address_that_answers_too_late_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    really, left = asyncio.open_connection, asyncio.Event()

    async def greet_or_leave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if await reader.readline():
            writer.write(b"hello\r\n")
            await reader.read()
        else:
            left.set()

    async with serving(greet_or_leave) as port:
        silent(monkeypatch, "127.0.0.9", lambda: really("127.0.0.1", port))
        service = Service("amqp", "broker.example", port)
        stream = await open_stream(service, HERE, PORTS.values(), resolve=answering("127.0.0.9", "127.0.0.1"))
        async with asyncio.timeout(5):
            await left.wait()
        stream.write(b"who is there\n")
        assert await stream.line() == b"hello"
        await stream.close()


async def test_when_no_address_answers_the_last_failure_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    failures = {"127.0.0.8": errno.ECONNREFUSED, "127.0.0.9": errno.EHOSTUNREACH}

    async def fails(host: str, port: int, **_: Any) -> Opened:
        raise OSError(failures[host], "no")

    monkeypatch.setattr(asyncio, "open_connection", fails)
    with pytest.raises(Transient, match=r"could not connect to b\.example: no route to the host; nothing was sent"):
        await open_stream(
            Service("amqp", "b.example", 5672), HERE, PORTS.values(), resolve=answering("127.0.0.8", "127.0.0.9")
        )


async def test_a_name_that_is_not_found_is_tried_again_later() -> None:
    async def nowhere(_host: str, _port: int) -> list[str]:
        raise OSError(errno.EHOSTUNREACH, "unreachable")

    with pytest.raises(Transient, match=r"could not connect to b\.example: no route to the host; nothing was sent"):
        await open_stream(Service("amqp", "b.example", 5672), HERE, PORTS.values(), resolve=nowhere)


async def test_a_server_without_a_certificate_is_not_spoken_to() -> None:
    async def chat(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(b"hello, this is no handshake")

    async with serving(chat) as port:
        service = Service("amqps", "127.0.0.1", port)
        with pytest.raises(Transient, match="the TLS handshake failed"):
            await open_stream(service, HERE, PORTS.values(), context=trusting())


def test_an_authority_that_is_no_certificate_is_refused() -> None:
    with pytest.raises(Refused, match="tls_authority"):
        trusting("no certificate")


async def test_what_comes_is_read_only_so_far() -> None:
    async def pour(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"x" * 3 * 1024 * 1024)
        await writer.drain()

    async with serving(pour) as port:
        stream = await open_stream(Service("amqp", "127.0.0.1", port), HERE, PORTS.values())
        with pytest.raises(ContractBroken, match="a line that has no end"):
            await stream.line()
        with pytest.raises(ContractBroken, match="announces 2000000 bytes"):
            await stream.exactly(2_000_000)
        await stream.close()


async def test_a_stream_that_ends_says_so() -> None:
    async def leave(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"ab")

    async with serving(leave) as port:
        stream = await open_stream(Service("amqp", "127.0.0.1", port), HERE, PORTS.values())
        with pytest.raises(Gone):
            await stream.exactly(3)
        await stream.close()


@asynccontextmanager
async def encrypted(certificate: Certificate) -> AsyncIterator[int]:
    """A server that greets under TLS; gives its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.file, certificate.key)

    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_the_authority_that_the_settings_name_is_believed(certificate: Certificate) -> None:
    async with encrypted(certificate) as port:
        service = Service("amqps", "127.0.0.1", port)
        stream = await open_stream(service, HERE, PORTS.values(), context=trusting(certificate.text))
        assert await stream.line() == b"hello"
        await stream.close()


async def test_a_certificate_that_nobody_vouches_for_is_not(certificate: Certificate) -> None:
    async with encrypted(certificate) as port:
        service = Service("amqps", "127.0.0.1", port)
        with pytest.raises(Transient, match="its certificate is not valid"):
            await open_stream(service, HERE, PORTS.values(), context=trusting())


async def test_a_certificate_of_another_host_is_not_believed_either(certificate: Certificate) -> None:
    async with encrypted(certificate) as port:
        service = Service("amqps", "broker.example", port)
        with pytest.raises(Transient, match="its certificate is not valid"):
            await open_stream(
                service, HERE, PORTS.values(), context=trusting(certificate.text), resolve=answering("127.0.0.1")
            )
