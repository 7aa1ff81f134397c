"""One consumer for every queue that is bound, started and ended as the bindings change."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from django.db import DatabaseError, connection

from controlplane.foundation.logs import logger
from controlplane.transactions.consuming import bindings
from controlplane.transactions.consuming.bindings import Binding, Unusable
from controlplane.transactions.consuming.consumer import Consumer
from controlplane.transactions.consuming.limits import Limits
from controlplane.transactions.ingress.batches import Batches
from controlplane.transactions.ingress.endpoints import Endpoints
from controlplane.transactions.ingress.refusals import Refusals

log = logger(__name__)

REFRESH_SECONDS = 5.0

Read = Callable[[], Sequence[Binding | Unusable]]


class Consumers:
    """All of this process's consumers, over one writer into the database."""

    def __init__(self, read: Read = bindings.read, *, only: Sequence[str] = ()) -> None:
        self._read = read
        self._only = frozenset(only)
        self._endpoints = Endpoints(lambda _: None)
        self._batches = Batches()
        self._refusals = Refusals()
        self._limits = Limits()
        self._running: dict[Binding, asyncio.Task[None]] = {}
        self._unusable: dict[str, str] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until ``stop`` is set."""
        self._endpoints.start()
        self._batches.start()
        self._refusals.start()
        self._limits.start()
        try:
            while not stop.is_set():
                await self._follow()
                await _until(stop, REFRESH_SECONDS)
        finally:
            await self._end(list(self._running))
            await self._limits.stop()
            await self._batches.stop()
            await self._endpoints.stop()
            await self._refusals.stop()

    async def _follow(self) -> None:
        """Start what is new, end what is gone or has changed; keep everything when the bindings cannot be read."""
        try:
            found = await asyncio.to_thread(self._look)
        except (DatabaseError, OSError) as error:
            log.warning("consume.bindings_stale", error=type(error).__name__)
            return
        self._tell([one for one in found if isinstance(one, Unusable)])
        wanted = {one for one in found if isinstance(one, Binding) and self._is_wanted(one)}
        await self._end([binding for binding in self._running if binding not in wanted])
        for binding in wanted - self._running.keys():
            consumer = Consumer(binding, self._endpoints, self._batches.store, self._refusals, self._limits)
            self._running[binding] = asyncio.create_task(consumer.run(), name=binding.name)

    def _look(self) -> Sequence[Binding | Unusable]:
        """In a thread of the loop's pool, whose connection nobody else would close."""
        try:
            return self._read()
        finally:
            connection.close()

    def _is_wanted(self, binding: Binding) -> bool:
        return not self._only or binding.name in self._only

    def _tell(self, unusable: Sequence[Unusable]) -> None:
        """Once, and again when the reason changes."""
        for one in unusable:
            if self._unusable.get(one.name) != one.reason:
                log.error("consume.unusable", queue=one.name, reason=one.reason)
        self._unusable = {one.name: one.reason for one in unusable}

    async def _end(self, ended: Sequence[Binding]) -> None:
        tasks = [self._running.pop(binding) for binding in ended]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _until(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
