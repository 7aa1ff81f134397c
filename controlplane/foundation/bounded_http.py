"""The web server's HTTP with limits that hold before anybody is believed: heads, time, idle and deaf connections.

uvicorn's own reads a head of any length for as long as it takes, keeps a connection that never says anything, and
counts none of them. So the server is started with ``--http controlplane.foundation.bounded_http:BoundedHttp``. What
is refused here never reaches the application; it is answered with a problem document and counted by reason.

An application may take a request that has arrived whole without a task of its own, if it has a method
``at_once(scope)`` that says whether it has; it answers by the :class:`Exchange` when it can.
"""

from __future__ import annotations

import asyncio
import logging
from resource import RLIM_INFINITY, RLIMIT_NOFILE, getrlimit
from typing import Any, ClassVar, cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from controlplane.foundation import problem
from controlplane.foundation.errors import BadInput, HeadTooLarge, Problem, TooSlow, Unavailable
from controlplane.foundation.exchange import EXCHANGE, Exchange, hung_up
from controlplane.foundation.metrics import HTTP_REFUSED

#: From the first byte of a request (or the connection) to the end of its head.
HEAD_SECONDS = 10.0
#: From there to the end of its body. The ingress is stricter by itself.
BODY_SECONDS = 60.0
#: A peer that reads nothing of its answers is given up.
DEAF_SECONDS = 20.0
MAX_HEAD_BYTES = 64 * 1024
MAX_HEADERS = 256
#: Requests that are read ahead of their turn on one connection. A request of twenty bytes becomes kilobytes once it is
#: read, so what comes behind them is kept as it came …
MOST_AHEAD = 16
#: … and read in pieces of so many bytes, since the parser reads whatever it is given to the end.
PIECE = 4096
#: Chunk sizes, extensions and trailers, for each byte of the body that they carry; a byte in a chunk of its own has 5.
MOST_FRAMING = 8
#: Open connections of this process; fewer where the system allows fewer files.
MAX_CONNECTIONS = 4096
#: Files that are not connections of senders: the database's, the broker's, logs.
FILES_FOR_OTHERS = 128
RETRY_SECONDS = 2


#: The headers of an offer to go on in another protocol.
OFFERS = frozenset({b"upgrade", b"connection", b"http2-settings"})


class _Refused(Exception):
    """Raised inside the parser's callbacks to end it."""


def most_connections() -> int:
    """How many connections may be open at once."""
    allowed, _ = getrlimit(RLIMIT_NOFILE)
    return MAX_CONNECTIONS if allowed == RLIM_INFINITY else max(16, min(MAX_CONNECTIONS, allowed - FILES_FOR_OTHERS))


class BoundedHttp(HttpToolsProtocol):
    """One connection. It is in its head until a request's headers are complete, and again once its body is."""

    most: ClassVar[int] = 0

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        # uvicorn asks only whether there is a handler, and the root logger always has one.
        self.access_log = self.access_log and self.access_logger.isEnabledFor(logging.INFO)
        self._in_head = True
        self._fed = self._carried = 0
        self._doomed = False
        self._running: RequestResponseCycle | None = None
        self._unread = bytearray()
        self._said_all = False
        self._feeding = False
        self._to_begin: tuple[RequestResponseCycle, Any] | None = None
        self._patience: asyncio.TimerHandle | None = None
        self._deaf: asyncio.TimerHandle | None = None

    # -- the connection --------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Greet nobody when there are too many."""
        super().connection_made(transport)
        if len(self.connections) > (self.most or most_connections()):
            detail = "More connections are open than this server can serve. Nothing was accepted."
            self._refuse(Unavailable(detail, retry_after=RETRY_SECONDS), "crowded")
        else:
            self._wait(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it, and what was asked on it: uvicorn tells only the newest request, which may wait for its turn."""
        self._stop_waiting()
        self._hears()
        self._read_no_more()
        self.pipeline.clear()
        if self._running is not None and not self._running.response_complete:
            hung_up(self._running)
        super().connection_lost(exc)

    def eof_received(self) -> bool:  # type: ignore[override]
        """Whether to go on: one that has said all and only closes its half still gets its answer (RFC 9112, 9.6)."""
        if self.scheme == "https":
            return False
        if self._unread:
            self._said_all = True
            return True
        cycle = self.cycle
        if cycle is None or not self._in_head or cycle.response_complete:
            return False
        self._last_answer()
        return True

    def data_received(self, data: bytes) -> None:
        """Read it, as far as there is room for what it asks."""
        if self._doomed:
            return
        self._unset_keepalive_if_required()
        if len(data) <= PIECE and not self._unread:
            self._read(data)
        else:
            self._unread += data
            self._read_on()

    def on_response_complete(self) -> None:
        """An answer is said: there is room for another request."""
        super().on_response_complete()
        if self._unread and not self.transport.is_closing():
            self.flow.pause_reading()
            self.loop.call_soon(self._read_on)  # it may begin a request that is answered at once, and so on

    def _read_on(self) -> None:
        """Read piece by piece, until too much waits for its turn."""
        self._unset_keepalive_if_required()
        while self._unread and len(self.pipeline) < MOST_AHEAD:
            piece = bytes(self._unread[:PIECE])
            del self._unread[:PIECE]
            self._read(piece)
        if self._said_all and not (self._unread or self._doomed or self.eof_received()):
            self.transport.close()

    def _read(self, data: bytes) -> None:
        """Feed the parser, and see what is not yet through it."""
        self._fed += len(data)
        self._feed(data)
        if self._doomed or (self._in_head and not self._fed):  # the usual case: a whole request in one piece
            return
        if self._fed - self._carried > MAX_HEAD_BYTES + MOST_FRAMING * self._carried:
            self._refuse_head()
        elif self._patience is None:
            self._wait(HEAD_SECONDS if self._in_head else BODY_SECONDS)

    def shutdown(self) -> None:
        """The server stops: a request that is half said is not waited for."""
        super().shutdown()
        if self._unread:
            self._last_answer()
        elif self.cycle is not None and not self.cycle.response_complete and self._in_head and self._fed:
            self._doomed = True

    def pause_writing(self) -> None:
        """The other side does not read its answers."""
        super().pause_writing()
        if self._deaf is None:
            self._deaf = self.loop.call_later(DEAF_SECONDS, self._give_up)

    def resume_writing(self) -> None:
        """It reads again."""
        super().resume_writing()
        self._hears()

    def timeout_keep_alive_handler(self) -> None:
        """Close; what the other side has not read by then it never will."""
        super().timeout_keep_alive_handler()
        self._deaf = self._deaf or self.loop.call_later(DEAF_SECONDS, self.transport.abort)

    # -- the parser's callbacks ------------------------------------------------------------------------

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; after the body, where it is a trailer, nobody reads it."""
        if not self._in_head:
            return
        if len(self.headers) >= MAX_HEADERS:
            raise _Refused
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is read."""
        if self.parser.get_http_version() not in {"1.0", "1.1"} or self.parser.get_method() == b"CONNECT":
            raise _Refused
        if self.parser.should_upgrade() and not self._should_upgrade():
            return  # read again without the offer
        self._in_head = False
        self._stop_waiting()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Count what is body."""
        self._carried += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The next one may begin."""
        if self._in_head:  # it had offered an upgrade
            return
        self._in_head = True
        self._fed = self._carried = 0
        self._stop_waiting()
        super().on_message_complete()

    def _feed(self, data: bytes) -> None:
        self._feeding = True
        try:
            while data:
                data = self._parsed(data)
        except httptools.HttpParserError:
            self.send_400_response("")
        finally:
            self._feeding = False
        if self._to_begin is not None:
            (cycle, app), self._to_begin = self._to_begin, None
            self._begin(cycle, app)

    def _parsed(self, data: bytes) -> bytes:
        """Parse; gives what is to be parsed after it.

        A request that offers another protocol (Java's client offers HTTP/2 with everything it sends) may be answered
        in this one. The parser drops its body then, so its head is read again without the offer (RFC 9110, 7.8).
        """
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            if self._should_upgrade():
                self.handle_websocket_upgrade()
                return b""
            return self._without_offer() + data[upgrade.args[0] :]
        return b""

    def _without_offer(self) -> bytes:
        method, version = self.parser.get_method(), self.parser.get_http_version().encode()
        kept = [name + b": " + value for name, value in self.headers if name not in OFFERS]
        self.parser = httptools.HttpRequestParser(self)
        return b"\r\n".join([method + b" " + self.url + b" HTTP/" + version, *kept, b"", b""])

    def handle_websocket_upgrade(self) -> None:
        """The connection is somebody else's from here on."""
        self._stop_waiting()
        self._unread.clear()
        super().handle_websocket_upgrade()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = cycle
        cycle.scope["extensions"] = cast(dict[str, Any], {EXCHANGE: Exchange(cycle)})
        if self._feeding:  # its body may be in the bytes at hand
            self._to_begin = cycle, app
        else:
            self._begin(cycle, app)

    def _begin(self, cycle: RequestResponseCycle, app: Any) -> None:
        at_once = getattr(app, "at_once", None)
        if at_once is None or not at_once(cycle.scope):
            super()._start_asgi_task(cycle, app)

    # -- refusing --------------------------------------------------------------------------------------

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's interface
        """What the parser could not read, or was not let to."""
        if self.headers is not None and self._in_head and len(self.headers) >= MAX_HEADERS:
            self._refuse_head()
        else:
            self._refuse(BadInput("This is not a request of HTTP/1.1 that can be read in one way only."), "not-http")

    def _refuse_head(self) -> None:
        detail = f"A request may have {MAX_HEADERS} headers and {MAX_HEAD_BYTES} bytes of them."
        self._refuse(HeadTooLarge(detail), "head-too-large")

    def _refuse(self, refusal: Problem, reason: str) -> None:
        """Answer and close; where an earlier request is being answered, that is the last thing said."""
        HTTP_REFUSED.labels(reason).inc()
        self._read_no_more()
        self._stop_waiting()
        running = self._running
        if running is not None and not running.response_complete:
            if self._in_head or running is not self.cycle:
                self._last_answer()
                return
            hung_up(running)
        if running is None or running.response_complete or not running.response_started:
            self.transport.write(_written(refusal))
        self.transport.close()
        self._deaf = self._deaf or self.loop.call_later(DEAF_SECONDS, self.transport.abort)

    def _last_answer(self) -> None:
        """Whole requests that were read are answered, and then the connection ends."""
        self._read_no_more()
        if not self._in_head:  # the newest is not whole, and waits behind others
            self.pipeline.popleft()
        last = self.pipeline[0][0] if self.pipeline else self._running
        if last is not None:
            last.keep_alive = False

    def _read_no_more(self) -> None:
        self._doomed = True
        self._unread.clear()

    def _wait(self, seconds: float) -> None:
        self._stop_waiting()
        self._patience = self.loop.call_later(seconds, self._too_slow, seconds)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _too_slow(self, seconds: float) -> None:
        self._patience = None
        if self.transport.is_closing():
            return
        if self.flow.read_paused or self.pipeline:  # it is us who do not read
            self._wait(seconds)
        elif self._in_head and not self._fed:
            self.transport.close()  # a connection on which nothing was ever said
        else:
            part = "head" if self._in_head else "body"
            detail = f"The {part} of the request did not arrive within {seconds:.0f} seconds; nothing was kept."
            self._refuse(TooSlow(detail), f"{part}-too-slow")

    def _give_up(self) -> None:
        HTTP_REFUSED.labels("deaf").inc()
        self.transport.abort()

    def _hears(self) -> None:
        if self._deaf is not None:
            self._deaf.cancel()
            self._deaf = None


def _written(refusal: Problem) -> bytes:
    """A whole HTTP answer, after which the connection is closed."""
    body = problem.body(refusal)
    lines = [f"HTTP/1.1 {refusal.status} {refusal.title}"]
    lines += [f"{name}: {value}" for name, value in problem.headers(refusal).items()]
    lines += [f"content-length: {len(body)}", "connection: close", "", ""]
    return "\r\n".join(lines).encode("latin-1") + body
