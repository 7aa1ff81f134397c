"""Outcomes are written as they come, each with whatever else has ended by then.

While one transaction is being written, the next fills: no timer, few transactions under load, none to wait for when
there is little. A slow answer holds up nobody else's outcome, so that a crash leaves few calls unexplained.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from controlplane.foundation.database import Pool
from controlplane.foundation.logs import logger
from controlplane.transactions.pipeline.catalogue import Catalogue
from controlplane.transactions.pipeline.deliveries import Delivery
from controlplane.transactions.pipeline.finishing import AWAY, finish

log = logger(__name__)

#: Transactions that are written at the same time, and deliveries in each at most.
WRITERS, MOST = 2, 256
#: While one is being written, another begins with no fewer: a transaction costs as much as writing down thirty.
ENOUGH = 64
#: Outcomes are worth some patience: without them another worker has to look up what we did.
PAUSES = (0.2, 1.0, 3.0)


class Outcomes:
    """What has ended on one event loop and is not written yet; ``written`` hears of each batch, whatever came of it."""

    def __init__(self, pool: Pool, catalogue: Catalogue, written: Callable[[Sequence[Delivery]], None]) -> None:
        self._pool = pool
        self._catalogue = catalogue
        self._written = written
        self._waiting: list[Delivery] = []
        self._writing = 0
        self._some = asyncio.Event()
        self._none_left = asyncio.Event()
        self._none_left.set()
        self._unwritten = 0

    def add(self, deliveries: Sequence[Delivery]) -> None:
        """These have their outcome."""
        if deliveries:
            self._unwritten += len(deliveries)
            self._waiting += deliveries
            self._none_left.clear()
            self._call()

    async def drained(self) -> None:
        """Wait until everything that was added is written, or left to its lease."""
        await self._none_left.wait()

    async def write_for_ever(self) -> None:
        """One of the writers."""
        while True:
            while not self._some.is_set():  # one call wakes all, and the first may have taken everything
                await self._some.wait()
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            self._writing += 1
            self._call()
            try:
                await self._write(batch)
            finally:
                self._writing -= 1
                self._unwritten -= len(batch)
                self._call()
                if not self._unwritten:
                    self._none_left.set()
                self._written(batch)

    def _call(self) -> None:
        """Call a writer, if what is waiting is worth one."""
        if self._waiting and (not self._writing or len(self._waiting) >= ENOUGH):
            self._some.set()
        else:
            self._some.clear()

    async def _write(self, batch: Sequence[Delivery]) -> None:
        """Never raises: what cannot be written is left to its lease, and whoever takes it over finds out."""
        try:
            for pause in PAUSES:
                try:
                    return await self._finish(batch)
                except AWAY as error:
                    log.warning("carrier.finish_again", error=type(error).__name__, seconds=pause)
                    await asyncio.sleep(pause)
            await self._finish(batch)
        except AWAY as error:
            log.warning("carrier.left_to_lease", error=type(error).__name__, step_runs=len(batch))
        except Exception:
            log.exception("carrier.defect", stage="finishing")

    async def _finish(self, batch: Sequence[Delivery]) -> None:
        async with self._pool.connection() as connection:
            await finish(connection, self._catalogue, batch)
