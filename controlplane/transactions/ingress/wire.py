"""One HTTP request on the wire: head and body read within limits, the answer sent.

Everything here runs before anybody is believed, so it costs little whatever a stranger sends: heads are
limited, bodies are refused before more of them is read, and all bodies under way share one room.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any, NamedTuple

from django.conf import settings

from connectors.messages import Request
from controlplane.foundation.errors import HeadTooLarge, TooLarge, TooSlow
from controlplane.foundation.exchange import EXCHANGE, Exchange
from controlplane.transactions.ingress.answers import Answer
from controlplane.transactions.ingress.patience import Patience

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

BODY_SECONDS = 15.0
MAX_HEADERS = 200
MAX_HEAD_BYTES = 64 * 1024
#: Bodies of all requests from their first byte to their answer.
ROOM_BYTES = 128 * 1024 * 1024
#: After a refusal, this much is still read, so that a sender that is still writing gets to see it.
LINGER_BYTES = 8 * 1024 * 1024
LINGER_SECONDS = 2.0
#: A body that nobody reads is let pass by up to this size; for a larger one the connection is closed instead.
PASSED_BY = 64 * 1024
_MOST_DIGITS = 18
_NONE: Mapping[str, Any] = {}


class Gone(Exception):
    """The sender hung up before the body was complete; there is nobody to answer."""


class NoRoom(Exception):
    """More bodies arrive at once than memory should hold."""


class Room:
    """What memory may hold of bodies. A crowd of large ones is told to come back, not taken in."""

    def __init__(self, size: int = ROOM_BYTES) -> None:
        self._size = self._free = size

    @property
    def taken(self) -> int:
        """How many bytes are held now."""
        return self._size - self._free

    def take(self, size: int) -> None:
        """Take ``size`` bytes of it, or raise :class:`NoRoom`."""
        if size > self._free:
            raise NoRoom
        self._free -= size

    def give_back(self, size: int) -> None:
        """Leave it."""
        self._free += size


class Body:
    """A body being read. ``size`` is what it has taken of the room so far."""

    __slots__ = ("_late", "_limit", "_reading", "_room", "size")

    def __init__(self, room: Room, limit: int) -> None:
        self.size = 0
        self._room = room
        self._limit = limit
        self._reading: asyncio.Task[Any] | None = None
        self._late = False

    def whole(self, scope: Scope, head: Head) -> bytes | None:
        """All of it, where the server has it already; raises :class:`TooLarge` or :class:`NoRoom`."""
        if head.declared > self._limit:
            raise self._too_large()
        exchange = exchange_of(scope)
        whole = exchange.whole_body() if exchange is not None else None
        if whole is not None:
            if len(whole) > self._limit:
                raise self._too_large()
            self.take(len(whole))
        return whole

    async def read(self, head: Head, receive: Receive, patience: Patience[Body]) -> bytes:
        """All of it.

        Raises :class:`TooLarge` as soon as that is known and before more is read, :class:`TooSlow`,
        :class:`NoRoom` or :class:`Gone`.
        """
        if head.declared > self._limit:
            raise self._too_large()
        self._reading = asyncio.current_task()
        patience.begin(self)
        try:
            return await self._parts(receive)
        except asyncio.CancelledError:
            if not self._late or self._reading is None or self._reading.uncancel():
                raise
            raise TooSlow(f"The body did not arrive within {BODY_SECONDS:.0f} seconds; nothing was kept.") from None
        finally:
            # In the step in which the last part came: nobody can be given up who has all of it.
            patience.end(self)

    def give_up(self) -> None:
        """It takes too long."""
        if self._reading is not None:
            self._late = True
            self._reading.cancel()

    def take(self, size: int) -> None:
        """Take more of the room, for what is made of the body; raises :class:`NoRoom`."""
        self._room.take(size)
        self.size += size

    def leave(self) -> None:
        """Give back the room; the answer is known."""
        self._room.give_back(self.size)

    async def _parts(self, receive: Receive) -> bytes:
        parts: list[bytes] = []
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Gone
            part = message.get("body", b"")
            if self.size + len(part) > self._limit:
                raise self._too_large()
            self.take(len(part))
            if not message.get("more_body"):
                return b"".join([*parts, part]) if parts else bytes(part)
            parts.append(part)

    def _too_large(self) -> TooLarge:
        detail = f"This endpoint takes bodies of up to {self._limit} bytes; nothing was kept."
        return TooLarge(detail, limit=self._limit)


def announced_length(headers: Sequence[tuple[bytes, bytes]]) -> int:
    """The declared length, 0 when there is none that can be read: the bytes are counted anyway."""
    for name, value in headers:
        if name == b"content-length" and value.isdigit():
            return int(value[:_MOST_DIGITS])
    return 0


def announces_much(scope: Scope) -> bool:
    """Whether the body is long, or may be: it is not worth reading only to keep the connection."""
    return announced_length(scope["headers"]) > PASSED_BY or any(
        name == b"transfer-encoding" for name, _ in scope["headers"]
    )


class Head(NamedTuple):
    """What stands above a body. ``declared`` is its length, 0 where none can be read: the bytes are counted anyway."""

    headers: dict[str, str]
    declared: int
    encoding: str


def head_of(scope: Scope) -> Head:
    """The head; a repeated header is joined by a comma, as RFC 9110 5.3 has it.

    Raises :class:`HeadTooLarge` for more headers than a sender of events has use for (RFC 6585, 5).
    """
    pairs = scope["headers"]
    found: dict[str, str] = {}
    size = 0
    for raw_name, raw_value in pairs:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        size += len(name) + len(value)
        found[name] = f"{found[name]}, {value}" if name in found else value
    if len(pairs) > MAX_HEADERS or size > MAX_HEAD_BYTES:
        raise HeadTooLarge(
            f"A request may have {MAX_HEADERS} headers and {MAX_HEAD_BYTES} bytes of them; nothing was kept."
        )
    length = found.get("content-length", "")
    declared = int(length[:_MOST_DIGITS]) if length.isdecimal() else 0
    return Head(found, declared, found.get("content-encoding", ""))


def request_of(scope: Scope, head: Head, body: bytes) -> Request:
    """The request as signature schemes see it."""
    query = scope.get("query_string", b"").decode("latin-1")
    url = f"{settings.PUBLIC_URL}{scope['path']}" + (f"?{query}" if query else "")
    return Request("POST", url, head.headers, body, peer_of(scope))


def peer_of(scope: Scope) -> str:
    """The address of the connection, "" where the server does not know it."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def exchange_of(scope: Scope) -> Exchange | None:
    """The short way, where the server has one."""
    found: Exchange | None = scope.get("extensions", _NONE).get(EXCHANGE)
    return found


async def answer_with(answer: Answer, scope: Scope, receive: Receive, send: Send) -> None:
    """Send an answer. A sender that has hung up meanwhile is nobody's fault."""
    exchange = None if answer.closes else exchange_of(scope)
    if exchange is not None and exchange.answer(answer.status, answer.lines, answer.body):
        return
    with contextlib.suppress(OSError):
        await send({"type": "http.response.start", "status": answer.status, "headers": list(answer.lines)})
        await send({"type": "http.response.body", "body": answer.body, "more_body": answer.closes})
        if answer.closes:
            await _linger(receive)
            await send({"type": "http.response.body", "body": b""})


async def _linger(receive: Receive) -> None:
    """Read on a little before the connection is closed (RFC 9112, 9.6).

    Closing at once would reset it, and a sender that is still writing might never see the answer.
    """
    left = LINGER_BYTES
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LINGER_SECONDS):
            while left > 0:
                message = await receive()
                if message["type"] == "http.disconnect" or not message.get("more_body"):
                    return
                left -= len(message.get("body", b""))
