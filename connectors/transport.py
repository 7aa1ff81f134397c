"""The one HTTP door out (invariant 6): every request to an address that a user can set.

Checked before and at connect (:mod:`connectors.guard`); the address that was checked is the one that
is connected to. No proxy from the environment, no cookies kept, no redirects unless asked for, one
deadline for everything, a cap on the answer before and after decompression. The client never
repeats a write on its own: every request that can write is one that the caller made.
"""

from __future__ import annotations

import asyncio
import errno
import io
import re
import socket
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import TracebackType
from typing import Any, BinaryIO, Self
from urllib.parse import urlencode

import aiohttp
import orjson
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from connectors import __version__
from connectors.errors import Refused, counted
from connectors.failures import READS, TooLarge, Unasked, failure
from connectors.guard import Guard
from connectors.resolving import SystemResolver
from connectors.response import MEBIBYTE, Limits, Response

__all__ = ["Guard", "Limits", "Response", "Transport"]

METHODS = READS | {"POST", "PUT", "PATCH", "DELETE"}
#: Writes that the client library would send again by itself when a kept connection turns out to be gone.
REPEATED = frozenset({"PUT", "DELETE"})
#: Headers that travel to another origin when a redirect is followed; no credential is among them.
CARRIED = frozenset({"accept", "accept-language", "user-agent", "traceparent", "tracestate"})
#: Headers that decide where a request goes or ends: these are the client's, never the caller's.
RESERVED = frozenset({"host", "content-length", "transfer-encoding", "connection", "upgrade", "proxy-authorization"})

#: How answers may be packed. Asked for in so many words: what the client library would ask for depends on what else
#: is installed, and an encoding that it does not know, or one inside another, it hands over packed as it is.
ENCODINGS = ("gzip", "deflate")

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE | re.ASCII)
_LINE_BREAK = re.compile(r"[\r\n\x00]")
_KEPT_SECONDS = 15.0
_CONNECTION_LOST = (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError)

Handler = Callable[[aiohttp.ClientRequest], Awaitable[aiohttp.ClientResponse]]
Form = Mapping[str, str] | Sequence[tuple[str, str]]


class _GuardedResolver(AbstractResolver):
    """Resolves a name and refuses it when *any* of its addresses is forbidden."""

    def __init__(self, guard: Guard, inner: AbstractResolver) -> None:
        self._guard = guard
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        for result in found:
            self._guard.check_address(result["host"], port)
        return found

    async def close(self) -> None:
        await self._inner.close()


class _Connector(aiohttp.TCPConnector):
    """Kept connections on which something was said after their last answer are not used again.

    The client library would take it for the answer to the next request: "done" of a write that was not.
    """

    async def _get(self, key: Any, traces: Any) -> Any:
        while (connection := await super()._get(key, traces)) is not None:
            if connection.protocol is not None and not connection.protocol.should_close:
                return connection
            connection.close()
        return None


class _Lost(aiohttp.ClientError):
    """A connection lost under a write; ``ClientSession`` repeats PUT and DELETE for any other error."""


async def _never_twice(request: aiohttp.ClientRequest, handler: Handler) -> aiohttp.ClientResponse:
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except _CONNECTION_LOST:
        raise _Lost from None


@dataclass(frozen=True, slots=True)
class _Call:
    """One request, checked and ready to be sent; ``redirected``: another one was answered with where this one goes."""

    method: str
    url: URL
    headers: Mapping[str, str]
    body: bytes | None
    limits: Limits
    redirected: bool = False


class Transport:
    """An HTTP client that goes only where ``guard`` lets it; one for each event loop.

    Connections are kept for 15 s and used again; at most ``connections`` are open at once (0: as many as
    asked for), and waiting for one counts as connecting. ``resolver`` is the system's unless given. Close
    it with ``aclose`` or ``async with``.
    """

    def __init__(
        self,
        guard: Guard,
        limits: Limits | None = None,
        *,
        connections: int = 256,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self.guard = guard
        self.limits = limits or Limits()
        self._connections = connections
        self._resolver = resolver
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def __aenter__(self) -> Self:
        """Nothing is opened before the first request."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections; requests still running fail."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    async def request(
        self,
        method: str,
        url: str | URL,
        *,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        content: bytes | str | None = None,
        form: Form | None = None,
        limits: Limits | None = None,
    ) -> Response:
        """Send one request and read its whole answer, whatever its status.

        At most one of ``json``, ``content`` and ``form`` is given. Raises ``Refused`` (not sent: address,
        port, form of the URL or a header), ``Transient`` (did not get there, or a read that broke off),
        ``OutcomeUnknown`` (a write that left whole and has no whole answer) or ``ContractBroken`` (a
        read whose answer is too large or not HTTP).
        """
        body, content_type = _body(json, content, form)
        call = _Call(
            _checked_method(method),
            self.guard.check_url(url),
            _checked_headers(headers or {}, content_type),
            body,
            limits or self.limits,
        )
        return await self._follow(call)

    async def _follow(self, call: _Call) -> Response:
        """Send, and follow as many redirects as the limits allow, within one deadline."""
        started = time.perf_counter()
        ends = asyncio.get_running_loop().time() + call.limits.deadline
        for _ in range(call.limits.follow_redirects):
            response = await self._exchange(call, ends, started)
            following = self._redirected(call, response)
            if following is None:
                return response
            call = following
        return await self._exchange(call, ends, started)

    async def _exchange(self, call: _Call, ends: float, started: float) -> Response:
        """One request to one place; ``ends`` is the deadline on the loop's clock."""
        tracker = aiohttp.UploadTracker()
        try:
            async with asyncio.timeout_at(ends):
                return await self._send(call, tracker, started)
        except (aiohttp.ClientError, OSError, TooLarge, Unasked) as error:
            sent = tracker.upload_complete.done() and tracker.upload_complete.exception() is None
            broken = failure(error, sent=sent, method=call.method, url=call.url)
            # Who redirects may have acted before. `from None`: the client's own messages hold the whole URL.
            raise (counted(broken, 1) if call.redirected else broken) from None

    async def _send(self, call: _Call, tracker: aiohttp.UploadTracker, started: float) -> Response:
        limits = call.limits
        async with self._opened().request(
            call.method,
            call.url,
            headers=call.headers,
            data=_in_pieces(call.body),
            allow_redirects=False,
            timeout=_until_connected(limits.connect),
            max_line_size=limits.header_bytes,
            max_field_size=limits.header_bytes,
            middlewares=(_never_twice,) if call.method in REPEATED else (),
            upload_tracker=tracker,
        ) as answer:
            body = await _read_capped(answer, limits.response_bytes)
            headers = _plain(answer)
            if body and headers.get("content-encoding", "identity").strip().lower() not in {"identity", *ENCODINGS}:
                raise Unasked
            return Response(answer.status, headers, body, str(call.url), time.perf_counter() - started)

    def _opened(self) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        if self._session is None:
            self._loop = loop
            self._session = aiohttp.ClientSession(
                connector=_Connector(
                    resolver=_GuardedResolver(self.guard, self._resolver or SystemResolver()),
                    socket_factory=self._socket,
                    limit=self._connections,
                    keepalive_timeout=_KEPT_SECONDS,
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
            )
        if self._loop is not loop:
            message = "a Transport belongs to the event loop of its first request; make another, or close it first"
            raise RuntimeError(message)
        return self._session

    def _socket(self, info: aiohttp.AddrInfoType) -> socket.socket:
        """The last look: the very address that is about to be connected to.

        An ``OSError``, because the racing of IPv4 against IPv6 understands no other; it comes back
        as ``Refused``.
        """
        family, kind, protocol, _, address = info
        try:
            self.guard.check_address(str(address[0]), int(address[1]))
        except Refused as refused:
            raise PermissionError(errno.EPERM, refused.reason) from None
        return socket.socket(family, kind, protocol)

    def _redirected(self, call: _Call, response: Response) -> _Call | None:
        """The call that a redirect asks for, checked like the first; ``None`` to return it as it is.

        A write is followed only where its method and body stay (307, 308) and within its origin: it
        would else become a read, or hand its body to somebody else.
        """
        location = response.headers.get("location")
        if response.status not in {301, 302, 303, 307, 308} or not location:
            return None
        if call.method not in READS and response.status not in {307, 308}:
            return None
        url = self.guard.check_url(_joined(call.url, location))
        if call.url.scheme == "https" and url.scheme != "https":
            raise Refused(f"{call.url.origin()} redirects to an address without encryption")
        if url.origin() == call.url.origin():
            return replace(call, url=url, redirected=True)
        if call.method not in READS:
            return None
        kept = {name: value for name, value in call.headers.items() if name.lower() in CARRIED}
        return replace(call, url=url, headers=kept, redirected=True)


@lru_cache(maxsize=64)
def _until_connected(seconds: float) -> aiohttp.ClientTimeout:
    """The client library's own limit; that of the whole request is ours."""
    return aiohttp.ClientTimeout(total=None, connect=seconds)


def _joined(url: URL, location: str) -> str:
    """An absolute ``location`` is judged as it was written, before any parser makes it nicer."""
    if location.startswith("//"):
        return f"{url.scheme}:{location}"
    if _SCHEME.match(location) or "\\" in location:
        return location
    try:
        return str(url.join(URL(location)))
    except ValueError:
        raise Refused(f"{url.origin()} redirects to an address that cannot be read") from None


def _body(json: Any, content: bytes | str | None, form: Form | None) -> tuple[bytes | None, str]:
    """The bytes to send and their content type."""
    if (json is not None) + (content is not None) + (form is not None) > 1:
        message = "give one of json, content and form"
        raise TypeError(message)
    if json is not None:
        return _json(json), "application/json"
    if form is not None:
        return urlencode(form).encode(), "application/x-www-form-urlencoded"
    return content.encode() if isinstance(content, str) else content, ""


def _in_pieces(body: bytes | None) -> bytes | BinaryIO | None:
    """A large body is handed over piece by piece, so that other requests go on meanwhile."""
    return io.BytesIO(body) if body is not None and len(body) > MEBIBYTE else body


def _json(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError as error:
        raise Refused(f"the body cannot be written as JSON: {error}") from None


def _checked_method(method: str) -> str:
    upper = method.upper()
    if upper not in METHODS:
        raise Refused(f"{method[:20]!r} is not a method that connectors use")
    return upper


def _checked_headers(given: Mapping[str, str], content_type: str) -> dict[str, str]:
    """The headers to send; their values never show in an error."""
    headers = {"user-agent": f"Interlock/{__version__}", "accept-encoding": ", ".join(ENCODINGS)}
    if content_type:
        headers["content-type"] = content_type
    for name, value in given.items():
        if _LINE_BREAK.search(value):
            raise Refused(f"the header {name[:40]!r} has characters that no header can have")
        headers[_checked_name(name)] = value
    return headers


@lru_cache(maxsize=512)
def _checked_name(name: str) -> str:
    """A header's name as it is sent."""
    if not _HEADER_NAME.fullmatch(name):
        raise Refused(f"the header {name[:40]!r} has characters that no header can have")
    if name.lower() in RESERVED:
        raise Refused(f"the header {name[:40]!r} is set by the transport itself")
    return name.lower()


async def _read_capped(answer: aiohttp.ClientResponse, most: int) -> bytes:
    """The decompressed body; a compressed bomb is inflated no further than a chunk past ``most``."""
    if answer.method != "HEAD" and (answer.content_length or 0) > most:
        answer.close()
        raise TooLarge(most)
    parts: list[bytes] = []
    size = 0
    while part := await answer.content.readany():
        size += len(part)
        if size > most:
            answer.close()
            raise TooLarge(most)
        parts.append(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _plain(answer: aiohttp.ClientResponse) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in answer.headers.items():
        key = name.lower()
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    return headers
