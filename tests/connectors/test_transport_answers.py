"""Answers that are too large, packed too tightly, or no HTTP at all."""

from __future__ import annotations

import asyncio
import gzip
import tracemalloc
from collections.abc import Callable

import pytest

from connectors.errors import ConnectorError, ContractBroken, OutcomeUnknown
from connectors.transport import Limits, Transport
from tests.connectors.stub import Stub

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

SMALL = Limits(deadline=5, response_bytes=1000)
LARGE: dict[str, Callable[[Stub], None]] = {
    "announced": lambda stub: stub.answer("/", body=bytes(1001)),
    "streamed": lambda stub: stub.pours("/", 10_000_000),
    "compressed": lambda stub: stub.bomb("/", 1001),
}


@pytest.mark.parametrize("way", LARGE)
async def test_a_read_with_too_large_an_answer_breaks_the_contract(stub: Stub, transport: Transport, way: str) -> None:
    LARGE[way](stub)
    with pytest.raises(ContractBroken, match="larger than 1000 bytes"):
        await transport.request("GET", f"{stub.url}/", limits=SMALL)


@pytest.mark.parametrize("way", LARGE)
async def test_a_write_with_too_large_an_answer_is_unknown(stub: Stub, transport: Transport, way: str) -> None:
    LARGE[way](stub)
    with pytest.raises(OutcomeUnknown, match="larger than 1000 bytes; POST may have taken effect"):
        await transport.request("POST", f"{stub.url}/", content=b"x", limits=SMALL)


async def test_an_answer_just_small_enough_is_read(stub: Stub, transport: Transport) -> None:
    stub.bomb("/", 1000)
    assert (await transport.request("GET", f"{stub.url}/", limits=SMALL)).body == bytes(1000)


async def test_a_head_request_may_announce_any_size(stub: Stub, transport: Transport) -> None:
    stub.answer("/", body=bytes(100_000))
    answer = await transport.request("HEAD", f"{stub.url}/", limits=SMALL)
    assert (answer.status, answer.body, answer.headers["content-length"]) == (200, b"", "100000")


async def test_a_bomb_is_not_unpacked(stub: Stub, transport: Transport) -> None:
    stub.bomb("/", 100_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(ContractBroken):
            await transport.request("GET", f"{stub.url}/", limits=Limits(response_bytes=1_000_000))
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


async def raw(answer: bytes) -> asyncio.Server:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    return await asyncio.start_server(serve, "127.0.0.1", 0)


NOT_HTTP = {
    "other protocol": b"220 smtp.example ESMTP\r\n",
    "long header": b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 100_000 + b"\r\n\r\n",
    "many headers": b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: a\r\n" % n for n in range(5000)) + b"\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
    "bad chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "not gzip": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd",
    "not brotli": b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 4\r\n\r\nabcd",
    "many gzips": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"") * 3000,
}


@pytest.mark.parametrize("answer", NOT_HTTP.values(), ids=NOT_HTTP)
@pytest.mark.parametrize(("method", "expected"), [("GET", ContractBroken), ("POST", OutcomeUnknown)])
async def test_an_answer_that_is_no_http(
    transport: Transport, answer: bytes, method: str, expected: type[ConnectorError]
) -> None:
    server = await raw(answer)
    port = server.sockets[0].getsockname()[1]
    async with server:
        with pytest.raises(expected):
            await transport.request(method, f"http://127.0.0.1:{port}/")
