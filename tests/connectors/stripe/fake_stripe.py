"""A Stripe that keeps customers, and saves its answer to each idempotency key as Stripe does, failures too.

Source: docs.stripe.com/api/idempotent_requests. It can be told to fail, or to lose its answer, at the next write.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from enum import Enum
from typing import Any
from urllib.parse import parse_qsl

import orjson
from aiohttp import web

from tests.connectors.stub import Stub

PATH = "/v1/customers"


class Mood(Enum):
    """What comes of a write."""

    DONE = "done and answered"
    LOST = "done, and its answer is lost"
    PAGE = "done, and a proxy answers with a page of its own"
    FAILS = "not done, and Stripe says that it failed"
    FAILS_DONE = "done, and Stripe says that it failed"


class FakeStripe:
    """Behind every path of the stub; ``shown`` says whether search shows what there is already."""

    def __init__(self, stub: Stub, *moods: Mood) -> None:
        self.customers: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.moods = deque(moods)
        self.shown = False
        #: What somebody else does, right before the next write.
        self.at_the_next_write: Callable[[], None] | None = None
        self._saved: dict[str, tuple[int, bytes]] = {}
        stub.behave("*", self._serve)

    @property
    def emails(self) -> list[str]:
        """Of its customers, in the order in which they were made."""
        return [str(customer.get("email")) for customer in self.customers]

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if request.method == "POST":
            return await self._write(request)
        if request.path == f"{PATH}/search":
            wanted = request.query["query"].partition(":")[2].strip("'")
            return _listed([one for one in self.customers if self.shown and wanted in one["metadata"].values()])
        found = [one for one in self.customers if one.get("email") == request.query["email"]]
        return _listed(found, int(request.query["limit"]))

    async def _write(self, request: web.Request) -> web.StreamResponse:
        if self.at_the_next_write is not None:
            self.at_the_next_write()
            self.at_the_next_write = None
        key = request.headers["idempotency-key"]
        self.keys.append(key)
        if key in self._saved:
            return _answer(*self._saved[key], replayed=True)
        mood = self.moods.popleft() if self.moods else Mood.DONE
        body = b"{}" if mood is Mood.FAILS else self._do(request.path, parse_qsl(await request.text()))
        failed = mood in {Mood.FAILS, Mood.FAILS_DONE}
        self._saved[key] = (500, b'{"error": {"type": "api_error"}}') if failed else (200, body)
        if mood is Mood.LOST:
            assert request.transport is not None
            request.transport.abort()
        return web.Response(text="<html>") if mood is Mood.PAGE else _answer(*self._saved[key])

    def _do(self, path: str, fields: list[tuple[str, str]]) -> bytes:
        values = {name: value for name, value in fields if not name.startswith("metadata[")}
        metadata = {name[len("metadata[") : -1]: value for name, value in fields if name.startswith("metadata[")}
        if path == PATH:
            self.customers.append({"object": "customer", "id": f"cus_{len(self.customers) + 1}", "metadata": {}})
        customer = self.customers[-1] if path == PATH else self._of(path.rpartition("/")[2])
        customer |= values
        customer["metadata"] |= metadata
        return orjson.dumps(customer)

    def _of(self, name: str) -> dict[str, Any]:
        return next(one for one in self.customers if one["id"] == name)


def _listed(found: list[dict[str, Any]], limit: int = 100) -> web.Response:
    return _answer(200, orjson.dumps({"object": "list", "data": found[:limit], "has_more": len(found) > limit}))


def _answer(status: int, body: bytes, *, replayed: bool = False) -> web.Response:
    headers = {"content-type": "application/json"} | ({"idempotent-replayed": "true"} if replayed else {})
    return web.Response(status=status, body=body, headers=headers)
