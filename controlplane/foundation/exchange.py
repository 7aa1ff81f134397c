"""A request and its answer past ASGI's messages, for an application with thousands of small ones a second.

It may leave out the messages of a request that has arrived whole; :mod:`controlplane.foundation.bounded_http` puts an
:class:`Exchange` into each request's scope.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any
from weakref import ref

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

#: In ``scope["extensions"]``: the request's :class:`Exchange`.
EXCHANGE = "interlock.exchange"

Lines = tuple[tuple[bytes, bytes], ...]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]


class Exchange:
    """A request and its answer past ASGI's messages, each of which costs as much as checking a signature."""

    __slots__ = ("_of",)

    def __init__(self, cycle: RequestResponseCycle) -> None:
        # Its scope has us: with a plain reference each request would be left to the collector, thousands a second.
        self._of = ref(cycle)

    @property
    def arrived(self) -> int | None:
        """The length of the body, where all of it is here and an answer could be said at once as things stand."""
        cycle = self._of()
        if cycle is None or cycle.more_body or cycle.disconnected or not _may_answer(cycle):
            return None
        return len(cycle.body)

    @property
    def messages(self) -> tuple[Receive, Send] | None:
        """ASGI's two ways, for an answer that cannot be said at once; None where there is nobody to hear it."""
        cycle = self._of()
        return None if cycle is None else (cycle.receive, cycle.send)

    def whole_body(self) -> bytes | None:
        """The body, where all of it has arrived and none was received yet; it is not to be received after this."""
        cycle = self._of()
        if cycle is None or cycle.more_body or cycle.disconnected or cycle.response_complete:
            return None
        body, cycle.body = bytes(cycle.body), bytearray()
        cycle.message_event.clear()
        cycle.flow.resume_reading()
        return body

    def answer(self, status: int, lines: Lines, body: bytes) -> bool:
        """Answer in one write; False, and nothing is said, where that has to be said by messages.

        ``lines`` are the application's own: they are not looked through for what no header may hold.
        """
        cycle = self._of()
        if cycle is None or cycle.disconnected or not _may_answer(cycle):
            return False
        if cycle.transport.is_closing():  # a closed one refuses to be written to, before its connection hears of it
            hung_up(cycle)
            return False
        cycle.response_started = cycle.response_complete = True
        cycle.waiting_for_100_continue = False
        head = b"".join([b"%b: %b\r\n" % pair for pair in cycle.default_headers])
        told = b"" if cycle.scope["method"] == "HEAD" else body
        cycle.transport.write(b"".join((STATUS_LINE[status], head, _block(lines), told)))
        cycle.message_event.set()
        cycle.on_response()
        cycle.on_response = _nothing  # it leads to the connection, which leads here
        return True


def _may_answer(cycle: RequestResponseCycle) -> bool:
    return cycle.keep_alive and not (cycle.response_started or cycle.flow.write_paused or cycle.access_log)


def hung_up(cycle: RequestResponseCycle) -> None:
    """Nobody hears its answer any more; whoever waits for its body is told so."""
    cycle.disconnected = True
    cycle.message_event.set()


def _nothing() -> None:
    """Nobody waits for the end of this answer any more."""


@lru_cache(maxsize=256)
def _block(lines: Lines) -> bytes:
    return b"".join([b"%b: %b\r\n" % pair for pair in lines]) + b"\r\n"
