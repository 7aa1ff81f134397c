"""Which endpoints exist, kept in memory, and fresh: LISTEN where possible, a look every few seconds anyway.

An address that is not known is looked up once more before it is called unknown, so that a sender can
be connected the moment its endpoint is made; these look-ups are shared and few, so that guesses cost nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from django.conf import settings

from controlplane.foundation.database import AsyncConnection, connect_async
from controlplane.foundation.expressions import Expression, expression
from controlplane.foundation.logs import logger
from controlplane.transactions.ingress.pressure import Importance
from controlplane.transactions.rules.states import Lane

log = logger(__name__)

CHANNEL = "interlock_endpoints"
REFRESH_SECONDS = 5.0
MISS_SECONDS = 0.25
READ_SECONDS = 10.0
PAUSE_AFTER_FAILURE = 1.0

_COLUMNS = """
select e.id, e.slug, e.active, e.scheme, e.scheme_settings, e.secrets, e.event_id, e.max_body, e.on_broken,
  e.retention, e.drop_fields, g.criticality, e.takes_gzip, e.rate_per_second, e.sender_rate_per_second
from transactions_endpoint e join inventory_integration g on g.id = e.integration_id
"""


@dataclass(frozen=True, slots=True)
class KnownEndpoint:
    """What the ingress must know of an endpoint to answer without the database."""

    id: int
    slug: str
    active: bool
    scheme: str
    scheme_settings: Mapping[str, Any]
    references: tuple[str, ...]
    event_id: Expression | None
    max_body: int
    refuse_broken: bool
    retention: int
    drop_fields: tuple[str, ...]
    lane: Lane
    importance: Importance = Importance.NORMAL
    takes_gzip: bool = False
    rate: float = math.inf
    sender_rate: float = math.inf

    @property
    def parses(self) -> bool:
        """Whether the body must be parsed before it is accepted."""
        return self.refuse_broken or bool(self.drop_fields) or self.event_id is not None


@dataclass(frozen=True, slots=True)
class UnusableEndpoint:
    """An endpoint whose settings cannot be read. It answers 503, and the others do not suffer from it."""

    slug: str
    active: bool
    reason: str


Found = KnownEndpoint | UnusableEndpoint


def _known(row: Sequence[Any]) -> KnownEndpoint:
    return KnownEndpoint(
        id=row[0],
        slug=row[1],
        active=row[2],
        scheme=row[3],
        # Who may speak for a client's certificate is the operator's to say, not the endpoint's.
        scheme_settings={**row[4], "trusted_proxies": settings.TRUSTED_PROXIES},
        references=tuple(row[5]),
        event_id=expression(row[6]) if row[6] else None,
        max_body=min(row[7], settings.INGRESS_MAX_BODY),
        refuse_broken=row[8] == "refuse",
        retention=row[9],
        drop_fields=tuple(row[10]),
        lane=Lane.CRITICAL if row[11] == "critical" else Lane.NORMAL,
        importance=Importance[row[11].upper()],
        takes_gzip=row[12],
        rate=row[13] or settings.INGRESS_RATE or math.inf,
        sender_rate=row[14] or settings.INGRESS_SENDER_RATE or math.inf,
    )


def _found(row: Sequence[Any]) -> Found:
    try:
        return _known(row)
    except Exception as error:  # noqa: BLE001 - an expression or JSON that somebody entered
        return UnusableEndpoint(row[1], row[2], f"{type(error).__name__}: {error}"[:300])


class Endpoints:
    """The endpoints of this process, by slug. ``on_read`` is called with those that can be used."""

    def __init__(self, on_read: Callable[[Sequence[KnownEndpoint]], None]) -> None:
        self._on_read = on_read
        self._known: dict[str, Found] | None = None
        self._asked_at = -MISS_SECONDS
        self._failure: Exception | None = None
        self._looking: asyncio.Task[None] | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Keep fresh in the background."""
        if self._task is None:
            self._task = asyncio.create_task(self._keep_fresh(), name="ingress endpoints")

    async def stop(self) -> None:
        """End the background task."""
        for task in (self._task, self._looking):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, psycopg.Error, OSError):
                    await task
        self._task = self._looking = None

    def known(self, slug: str) -> Found | None:
        """The active endpoint of that slug, as far as is known."""
        found = self._read_of(slug)
        return found if found is not None and found.active else None

    async def find(self, slug: str) -> Found | None:
        """The active endpoint of that slug.

        Raises ``psycopg.Error`` or ``OSError`` when it is not known and the database cannot be asked: it may
        well exist, and a sender that is told otherwise may never come back.
        """
        if self._read_of(slug) is None:
            await self._look_again()
        return self.known(slug)

    def _read_of(self, slug: str) -> Found | None:
        return self._known.get(slug) if self._known is not None else None

    async def _look_again(self) -> None:
        """One look for everybody who waits for one, and not more than a few a second."""
        if self._looking is None:
            self._looking = asyncio.create_task(self._look(self._asked_at + MISS_SECONDS - time.monotonic()))
        await asyncio.shield(self._looking)
        if self._failure is not None:
            raise self._failure

    async def _look(self, pause: float) -> None:
        try:
            await asyncio.sleep(max(0.0, pause))
            self._asked_at = time.monotonic()
            async with asyncio.timeout(READ_SECONDS), await connect_async() as connection:
                await self._read(connection)
        except (psycopg.Error, OSError) as error:
            self._failure = error
        finally:
            self._looking = None

    async def _read(self, connection: AsyncConnection) -> None:
        rows = await (await connection.execute(_COLUMNS)).fetchall()
        before, self._known = self._known or {}, {row[1]: _found(row) for row in rows}
        self._failure = None
        for slug, found in self._known.items():
            if isinstance(found, UnusableEndpoint) and before.get(slug) != found:
                log.error("ingress.endpoint_unusable", endpoint=slug, reason=found.reason)
        self._on_read([found for found in self._known.values() if isinstance(found, KnownEndpoint)])

    async def _keep_fresh(self) -> None:
        while True:
            try:
                async with await connect_async() as connection:
                    await self._follow(connection)
            except (psycopg.Error, OSError) as error:
                log.warning("ingress.endpoints_stale", error=type(error).__name__)
            except Exception:
                log.exception("ingress.defect", stage="endpoints")
            await asyncio.sleep(PAUSE_AFTER_FAILURE)

    async def _follow(self, connection: AsyncConnection) -> None:
        if not settings.PGBOUNCER:
            await connection.execute(f"listen {CHANNEL}")
        while True:
            async with asyncio.timeout(READ_SECONDS):
                await self._read(connection)
            if settings.PGBOUNCER:
                await asyncio.sleep(REFRESH_SECONDS)
                continue
            async for _ in connection.notifies(timeout=REFRESH_SECONDS, stop_after=1):
                pass  # whatever it was, what there is now is read
