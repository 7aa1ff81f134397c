"""A bad network in a box: a TCP proxy that a test puts between two parties, and whose weather it changes while it runs.

It lives in a thread of its own, so that it serves plain tests and asynchronous ones alike. The party behind
it listens on loopback or on a Unix socket (as the embedded PostgreSQL does).
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Coroutine
from dataclasses import dataclass, field
from enum import Enum
from types import TracebackType
from typing import Any, Self, TypeVar, cast

T = TypeVar("T")

LOOPBACK = "127.0.0.1"
CHUNK = 64 * 1024
PATIENCE = 10.0
#: An end by these options is a reset (RST), not a good-bye (FIN).
_RESETS = struct.pack("ii", 1, 0)


class Door(Enum):
    """What becomes of somebody who connects."""

    OPEN = "connected to the other party"
    SILENT = "accepted, and never connected to anybody"
    SLAMMED = "accepted, and reset at once"


@dataclass(frozen=True, slots=True)
class Weather:
    """What happens to bytes on their way in one direction; without arguments: nothing.

    ``latency`` delays each piece, in seconds. ``bytes_per_second`` dribbles them. While ``holds``, nothing gets
    through and nobody is told (a black hole); what was sent arrives when the weather changes. ``corrupt_every``
    turns each so-many-th byte over. ``cut_after`` so many bytes the connection ends, by a reset or ``politely``.
    """

    latency: float = 0.0
    bytes_per_second: float | None = None
    holds: bool = False
    corrupt_every: int | None = None
    cut_after: int | None = None
    politely: bool = False


CLEAR = Weather()


@dataclass(slots=True)
class _Way:
    """One direction: its weather, and how many bytes got through on all connections."""

    weather: Weather = CLEAR
    carried: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True, eq=False)
class _Link:
    """One connection: the client's side and, unless it is gone, the server's."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter | None = None
    abandoned: bool = False

    def end(self, *, politely: bool) -> None:
        """Close both sides."""
        for writer in (self.client, self.server):
            if writer is not None:
                _end(writer, politely=politely)


class Proxy:
    """``with Proxy(port) as proxy``: a way to ``port`` (or to the Unix socket ``path``) through ``proxy.port``.

    ``to_server`` and ``to_client`` are the weather in each direction and may be set at any time; ``door`` says
    what becomes of new connections; ``reset`` and ``half_open`` strike those there are.
    """

    def __init__(self, port: int = 0, *, path: str = "") -> None:
        self.door = Door.OPEN
        self.port = 0
        self.accepted = 0
        self._target = (port, path)
        self._links: dict[_Link, asyncio.Task[None]] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._run(self._open())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    # -- for the test ----------------------------------------------------------------------------------

    @property
    def to_server(self) -> Weather:
        """What happens to bytes on their way to the server."""
        return self._up.weather

    @to_server.setter
    def to_server(self, weather: Weather) -> None:
        self._run(self._change(self._up, weather))

    @property
    def to_client(self) -> Weather:
        """What happens to bytes on their way back."""
        return self._down.weather

    @to_client.setter
    def to_client(self, weather: Weather) -> None:
        self._run(self._change(self._down, weather))

    @property
    def carried(self) -> tuple[int, int]:
        """How many bytes have arrived at the server, and at clients."""
        return self._up.carried, self._down.carried

    @property
    def open(self) -> int:
        """How many connections there are."""
        return len(self._links)

    def reset(self) -> None:
        """Every connection there is ends with a reset, at both sides."""
        self._run(self._strike(politely=False))

    def hang_up(self) -> None:
        """Every connection there is ends politely, at both sides."""
        self._run(self._strike(politely=True))

    def half_open(self) -> None:
        """The server's side of every connection is gone, and nobody tells the client: it believes in it still."""
        self._run(self._abandon())

    # -- on its loop -----------------------------------------------------------------------------------

    def _run(self, what: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(PATIENCE)

    async def _open(self) -> None:
        self._up, self._down = _Way(), _Way()
        self._server = await asyncio.start_server(self._accept, LOOPBACK, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        self._server.close()
        tasks = list(self._links.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _change(self, way: _Way, weather: Weather) -> None:
        way.weather = weather
        way.changed.set()
        way.changed = asyncio.Event()

    async def _strike(self, *, politely: bool) -> None:
        for link in self._links:
            link.end(politely=politely)

    async def _abandon(self) -> None:
        for link in self._links:
            link.abandoned = True
            if link.server is not None:
                _end(link.server, politely=False)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        link = _Link(writer)
        task = self._links[link] = cast("asyncio.Task[None]", asyncio.current_task())
        assert task is not None
        try:
            if self.door is Door.OPEN:
                await self._carry_both_ways(link, reader)
            elif self.door is Door.SILENT:
                await asyncio.Event().wait()
        except OSError:  # nobody listens behind it, or one of the two has hung up
            pass
        except asyncio.CancelledError:
            if not self._server.is_serving():
                return
            raise
        finally:
            link.end(politely=False)
            del self._links[link]

    async def _carry_both_ways(self, link: _Link, reader: asyncio.StreamReader) -> None:
        port, path = self._target
        answers, link.server = await (
            asyncio.open_unix_connection(path) if path else asyncio.open_connection(LOOPBACK, port)
        )
        async with asyncio.TaskGroup() as both:
            both.create_task(self._carry(link, self._up, reader, link.server))
            both.create_task(self._carry(link, self._down, answers, link.client))

    async def _carry(self, link: _Link, way: _Way, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Everything that comes in one direction, then the end of it."""
        carried = 0
        with contextlib.suppress(OSError):
            while piece := await reader.read(CHUNK):
                carried += await _through(way, piece, carried, writer)
                if way.weather.cut_after is not None and carried >= way.weather.cut_after:
                    link.end(politely=way.weather.politely)
                    return
            await _held(way)
        if link.abandoned:
            await asyncio.Event().wait()  # until the proxy closes or the client gives up and is struck
        with contextlib.suppress(OSError):
            writer.write_eof()


async def _held(way: _Way) -> Weather:
    """The weather, once it lets anything through."""
    while way.weather.holds:
        await way.changed.wait()
    return way.weather


async def _through(way: _Way, piece: bytes, before: int, writer: asyncio.StreamWriter) -> int:
    """Carry a piece that begins ``before`` bytes into its connection; gives how many bytes got through."""
    sent = 0
    while sent < len(piece):
        weather = await _held(way)
        if weather.latency:
            await asyncio.sleep(weather.latency)
        part = piece[sent:] if weather.bytes_per_second is None else piece[sent : sent + 1]
        if weather.cut_after is not None:
            part = part[: max(0, weather.cut_after - before - sent)]
        if not part:
            break
        writer.write(_corrupted(part, before + sent, weather.corrupt_every))
        await writer.drain()
        sent += len(part)
        way.carried += len(part)
        if weather.bytes_per_second is not None:
            await asyncio.sleep(1 / weather.bytes_per_second)
    return sent


def _corrupted(part: bytes, begins: int, every: int | None) -> bytes:
    if every is None:
        return part
    return bytes(byte ^ 0xFF if (begins + n + 1) % every == 0 else byte for n, byte in enumerate(part))


def _end(writer: asyncio.StreamWriter, *, politely: bool) -> None:
    """Close one side; what is still to be written is lost unless ``politely``."""
    transport = writer.transport
    if politely:
        writer.close()
        return
    with contextlib.suppress(OSError, AttributeError):
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESETS)
    transport.abort()
