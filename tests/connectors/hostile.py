"""Servers that mean no good: each takes one request and answers with something that nobody should have to read."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import itertools
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager

Serve = Callable[[asyncio.StreamWriter], Awaitable[None]]

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n"
PIECE = 64 * 1024
GIGABYTE = 1024**3


@asynccontextmanager
async def hostile(serve: Serve, *, stays: bool = False) -> AsyncIterator[str]:
    """Serves every request with ``serve`` and hangs up, unless it ``stays``; gives the address."""
    under_way: set[asyncio.Task[None]] = set()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if (task := asyncio.current_task()) is not None:
            under_way.add(task)
        # Cancelled is how it ends that it never does; the stream's own callback would complain.
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while await reader.readuntil(b"\r\n\r\n"):
                await serve(writer)
                if not stays:
                    break
        if writer.transport.get_write_buffer_size() > PIECE:
            writer.transport.abort()
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        server.close()
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        await server.wait_closed()


def says(*pieces: bytes) -> Serve:
    """These bytes, and then the end."""
    return pours(b"", pieces)


def pours(head: bytes, pieces: Iterator[bytes] | tuple[bytes, ...]) -> Serve:
    """A head, and then as many pieces as the other side takes."""

    async def serve(writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        for piece in pieces:
            writer.write(piece)
            await writer.drain()

    return serve


def dribbles(head: bytes, piece: bytes, seconds: float = 0.01) -> Serve:
    """A head at once, and then the same piece again and again, slowly."""

    async def serve(writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(seconds)

    return serve


def chunk(data: bytes) -> bytes:
    """One chunk of a chunked body."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def for_ever(piece: bytes) -> Iterator[bytes]:
    """The same piece, again and again."""
    return itertools.repeat(piece)


def bomb(mode: int = 16 + zlib.MAX_WBITS) -> Iterator[bytes]:
    """The packed form of nothing without end: a thousand bytes of it are a megabyte."""
    packer = zlib.compressobj(9, zlib.DEFLATED, mode)
    nothing = bytes(1024 * 1024)
    yield packer.compress(nothing) + packer.flush(zlib.Z_FULL_FLUSH)
    # After a full flush nothing refers to what came before, so the same bytes do again.
    yield from itertools.repeat((packer.compress(nothing) + packer.flush(zlib.Z_FULL_FLUSH)) * 32)


def encoded(name: str, pieces: Iterator[bytes]) -> Serve:
    """A body in this encoding, until the other side has enough."""
    return pours(OK + b"Content-Encoding: %b\r\n\r\n" % name.encode(), pieces)


def nested(data: bytes, times: int) -> bytes:
    """Packed again and again."""
    for _ in range(times):
        data = gzip.compress(data)
    return data
