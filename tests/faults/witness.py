"""A receiver that keeps a record of every request: when it came, when it was answered, and what it was."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import orjson
from aiohttp import web

from tests.faults.listening import Listening


@dataclass(slots=True)
class Seen:
    """One request; ``ended`` is 0 while it is not answered. Seconds of the receiver's monotonic clock."""

    began: float
    ended: float
    key: str
    body: Any


class Witness(Listening):
    """``with Witness() as witness``: answers with ``status`` after ``seconds``, and remembers ``seen``.

    What ``refuses`` says true of is answered with 503.
    """

    def __init__(self, status: int = 200, seconds: float = 0.0) -> None:
        super().__init__()
        self.status = status
        self.seconds = seconds
        self.seen: list[Seen] = []
        self.refuses: Callable[[Any], bool] = lambda _body: False

    def __enter__(self) -> Self:
        # Collecting garbage among what is remembered stops the clock of arrivals for an eighth of a second.
        gc.disable()
        return super().__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        gc.enable()

    async def _take(self, request: web.Request) -> web.Response:
        seen = Seen(time.monotonic(), 0.0, request.headers["webhook-id"], orjson.loads(await request.read()))
        self.seen.append(seen)
        await asyncio.sleep(self.seconds)
        seen.ended = time.monotonic()
        return web.Response(status=503 if self.refuses(seen.body) else self.status)


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
