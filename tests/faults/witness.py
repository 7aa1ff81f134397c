"""A receiver that keeps a record of every request: when it came, when it was answered, and what it was."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import orjson
from aiohttp import web


@dataclass(slots=True)
class Seen:
    """One request; ``ended`` is 0 while it is not answered. Seconds of the receiver's monotonic clock."""

    began: float
    ended: float
    key: str
    body: Any


class Witness:
    """``with Witness() as witness``: answers with ``status`` after ``seconds``, and remembers ``seen``."""

    def __init__(self, status: int = 200, seconds: float = 0.0) -> None:
        self.status = status
        self.seconds = seconds
        self.seen: list[Seen] = []
        self.url = ""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="witness", daemon=True)

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
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/"

    async def _take(self, request: web.Request) -> web.Response:
        seen = Seen(time.monotonic(), 0.0, request.headers["webhook-id"], orjson.loads(await request.read()))
        self.seen.append(seen)
        await asyncio.sleep(self.seconds)
        seen.ended = time.monotonic()
        return web.Response(status=self.status)


def most_in_a_window(moments: Sequence[float], seconds: float) -> int:
    """The most of these in any stretch of so many seconds, wherever it begins."""
    ordered, first, most = sorted(moments), 0, 0
    for last, moment in enumerate(ordered):
        while moment - ordered[first] >= seconds:
            first += 1
        most = max(most, last - first + 1)
    return most


def most_at_once(seen: Sequence[Seen], since: float) -> int:
    """The most requests that were under way at the same time, of those that began after ``since``."""
    changes = sorted(
        change for one in seen if one.began > since for change in ((one.began, 1), (one.ended or float("inf"), -1))
    )
    under_way = most = 0
    for _, step in changes:
        under_way += step
        most = max(most, under_way)
    return most
