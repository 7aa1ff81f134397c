"""Whether an ingress that runs as a process of its own lives, and whether what is sent to it would be kept.

Beside Django the pages of the console answer these questions; alone, there is no Django stack to ask.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

import orjson
import psycopg
from prometheus_client import CONTENT_TYPE_LATEST

from controlplane.foundation import clock, partitions
from controlplane.foundation.database import connect_async
from controlplane.foundation.exposition import allowed, exposed
from controlplane.transactions.ingress.answers import Answer
from controlplane.transactions.ingress.pressure import Importance, Pressure
from controlplane.transactions.rules.states import Lane

ASK_SECONDS = 5.0
#: Probes of several balancers share one look at the database.
KEEP_SECONDS = 1.0
RETRY_SECONDS = "5"
#: What an accepted event is written to, as far as it is made ahead.
WRITTEN = ("payload_short", "payload_standard", "payload_long")

_MISSING = "select name from unnest(%s::text[]) name where to_regclass(name) is null"


class Health:
    """``/health/live``, ``/health/ready`` and ``/metrics`` of a process that is nothing but an ingress."""

    def __init__(self, pressure: Pressure) -> None:
        self._pressure = pressure
        self._database = "not checked"
        self._until = 0.0
        self._asking = asyncio.Lock()

    async def answer(self, path: str, headers: list[tuple[bytes, bytes]]) -> Answer | None:
        """The answer; ``None`` for any other address."""
        if path == "/health/live":
            return _json(200, {"status": "alive"})
        if path == "/health/ready":
            return await self._ready()
        if path == "/metrics":
            return _metrics(dict(headers).get(b"authorization", b""))
        return None

    async def _ready(self) -> Answer:
        """Not ready when not even a critical event would be kept."""
        checks = {"database": await self._asked(), "pressure": self._pressure.in_words() or "ok"}
        why = self._pressure.refuses(Importance.CRITICAL, Lane.CRITICAL)
        if checks["database"] == "ok" and why is None:
            return _json(200, {"status": "ready", "checks": checks})
        return _json(503, {"status": "not ready", "checks": checks}, (b"retry-after", RETRY_SECONDS.encode()))

    async def _asked(self) -> str:
        async with self._asking:
            if time.monotonic() >= self._until:
                self._database = await _database()
                self._until = time.monotonic() + KEEP_SECONDS
        return self._database


async def _database() -> str:
    week = partitions.week_of(clock.now())
    names = [partitions.name_of(table, week) for table in WRITTEN if table in partitions.PARTITIONED]
    try:
        async with asyncio.timeout(ASK_SECONDS), await connect_async() as connection:
            missing = [row[0] for row in await (await connection.execute(_MISSING, [names])).fetchall()]
    except (psycopg.Error, OSError) as error:
        return f"the database does not answer: {type(error).__name__}"
    return f"this week's partitions are missing: {', '.join(missing)}" if missing else "ok"


def _metrics(authorization: bytes) -> Answer:
    if not allowed(authorization.decode("latin-1")):
        return _json(401, {"status": "not allowed"}, (b"www-authenticate", b"Bearer"))
    return _answer(200, exposed(), CONTENT_TYPE_LATEST)


def _json(status: int, document: dict[str, Any], *lines: tuple[bytes, bytes]) -> Answer:
    return _answer(status, orjson.dumps(document), "application/json", *lines)


def _answer(status: int, body: bytes, kind: str, *lines: tuple[bytes, bytes]) -> Answer:
    head = ((b"content-type", kind.encode()), (b"content-length", b"%d" % len(body)), (b"cache-control", b"no-store"))
    return Answer(status, body, "health", (*head, *lines))
