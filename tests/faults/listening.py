"""A receiver, on loopback unless said otherwise, in a thread and loop of its own."""

from __future__ import annotations

import asyncio
import socket
import threading
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

from aiohttp import web


class Listening(ABC):
    """``with …`` it listens at ``url``, on a ``port``; what becomes of a POST is its subclass's to say.

    ``at`` is the socket that it listens on; it has its own, on loopback, where none is given.
    """

    at: socket.socket | None = None

    def __init__(self) -> None:
        self.url, self.port = "", 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=type(self).__name__.lower(), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _listen(self) -> None:
        application = web.Application()
        application.router.add_post("/", self._take)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.SockSite(self._runner, self.at or socket.create_server(("127.0.0.1", 0))).start()
        host, self.port = self._runner.addresses[0]
        self.url = f"http://{host}:{self.port}/"

    @abstractmethod
    async def _take(self, request: web.Request) -> web.Response:
        """Answer one request."""
