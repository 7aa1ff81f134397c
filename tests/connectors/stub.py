"""A small HTTP server on loopback that answers as told, or misbehaves as told, and remembers the requests."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it arrived; ``headers`` have lower-case names."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return orjson.loads(self.body)


@dataclass
class Stub:
    """The server. ``answer`` and ``behave`` say what a path does; any other path is a 404."""

    received: list[Received] = field(default_factory=list)
    url: str = ""
    port: int = 0
    _answers: dict[str, Answer] = field(default_factory=dict)
    _released: asyncio.Event = field(default_factory=asyncio.Event)
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen on a free port of 127.0.0.1."""
        application = web.Application(client_max_size=64 * 1024 * 1024)
        application.router.add_route("*", "/{path:.*}", self._serve)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self.port}"

    async def stop(self) -> None:
        """Let go of everything that is kept waiting, then stop."""
        self._released.set()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        body = await request.read()
        self.received.append(Received(request.method, request.path, request.query_string, headers, body))
        self._arrived.set()
        answer = self._answers.get(request.path) or self._answers.get("*")
        return await answer(request) if answer else web.Response(status=404)

    async def arrived(self) -> None:
        """Wait for the first request."""
        await self._arrived.wait()

    def behave(self, path: str, answer: Answer) -> None:
        """Answer ``path`` ("*": every path) with a coroutine."""
        self._answers[path] = answer

    def answer(
        self,
        path: str,
        *,
        status: int = 200,
        body: bytes = b"",
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Answer ``path`` ("*": every path) with this, every time."""
        kind = {"content-type": "application/json"} if json is not None else {}

        async def reply(_: web.Request) -> web.Response:
            content = orjson.dumps(json) if json is not None else body
            return web.Response(status=status, body=content, headers={**kind, **(headers or {})})

        self.behave(path, reply)

    # -- misbehaviour ------------------------------------------------------------------------------

    def silent(self, path: str) -> None:
        """Take the request and say nothing until the test is over."""

        async def reply(_: web.Request) -> web.Response:
            await self._released.wait()
            return web.Response()

        self.behave(path, reply)

    def resets(self, path: str) -> None:
        """Take the request and drop the connection without an answer."""

        async def reply(request: web.Request) -> web.Response:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()

        self.behave(path, reply)

    def half(self, path: str) -> None:
        """Promise a hundred bytes, send three and drop the connection."""

        async def reply(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse(headers={"content-length": "100"})
            await response.prepare(request)
            await response.write(b"abc")
            assert request.transport is not None
            request.transport.abort()
            return response

        self.behave(path, reply)

    def trickles(self, path: str) -> None:
        """Send the head and one byte at once, and the rest when the test is over."""

        async def reply(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse(headers={"content-length": "2"})
            await response.prepare(request)
            await response.write(b"a")
            await self._released.wait()
            return response

        self.behave(path, reply)

    def pours(self, path: str, size: int) -> None:
        """Send ``size`` bytes in chunks, without saying so before."""

        async def reply(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse()
            response.enable_chunked_encoding()
            await response.prepare(request)
            for _ in range(size // 65_536 + 1):
                await response.write(b"x" * 65_536)
            return response

        self.behave(path, reply)

    def bomb(self, path: str, size: int) -> None:
        """Answer with a small body that unpacks to ``size`` zero bytes."""
        packed = gzip.compress(bytes(size), compresslevel=9)
        self.answer(path, body=packed, headers={"content-encoding": "gzip"})
