"""A target on loopback that counts what arrives under which key."""

from __future__ import annotations

import asyncio
from collections import Counter

import orjson
from aiohttp import web

from tests.faults.listening import Listening


class Target(Listening):
    """``with Target() as target``: ``keys`` counts requests by idempotency key, ``numbers`` by the event's number.

    It takes ``seconds`` to answer.
    """

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 0.0
        self.keys: Counter[str] = Counter()
        self.numbers: Counter[int] = Counter()

    async def _take(self, request: web.Request) -> web.Response:
        self.keys[request.headers["webhook-id"]] += 1
        self.numbers[orjson.loads(await request.read())["number"]] += 1
        await asyncio.sleep(self.seconds)
        return web.Response()
