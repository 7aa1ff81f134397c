"""The carrier's loop around processing: all that is in the inbox, whenever there may be something."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable

import psycopg
from django.conf import settings

from controlplane.foundation.database import AsyncConnection, connect_async
from controlplane.foundation.logs import logger
from controlplane.transactions.pipeline.catalogue import Catalogue
from controlplane.transactions.pipeline.processing import process_batch
from controlplane.transactions.pipeline.straight import Straight

log = logger(__name__)

PAUSE_AFTER_FAILURE = 1.0
#: Rows of a batch. It is written while as many deliveries are at work: a carrier then has twice as many under way.
BATCH = 96
#: With so many deliveries at work or fewer the next batch is processed; what comes meanwhile is kept in the inbox,
#: where it costs less than in the queue. But not for longer than that many seconds.
FEW, PATIENCE = BATCH, 0.05


class Processor:
    """Processes until ``stopping``; ``processed`` is called when something may have been queued.

    What can be delivered at once goes ``straight`` to the deliveries beside it.
    """

    def __init__(
        self, known: Catalogue, straight: Straight, processed: Callable[[], None], stopping: threading.Event
    ) -> None:
        self._catalogue = known
        self._straight = straight
        self._processed = processed
        self._stopping = stopping
        self._inbox = asyncio.Event()
        self._connection: AsyncConnection | None = None

    def wake(self) -> None:
        """There may be something in the inbox."""
        self._inbox.set()

    async def run(self) -> None:
        """Until it is to stop; the database may go and come."""
        try:
            while not self._stopping.is_set():
                await self._process_what_is_there()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._inbox.wait(), settings.SWEEP_SECONDS)
                self._inbox.clear()
        finally:
            await self._close()

    async def _process_what_is_there(self) -> None:
        try:
            if self._connection is None or self._connection.closed:
                self._connection = await connect_async()
            while not self._stopping.is_set():
                await self._straight.room.quiet(FEW, PATIENCE)
                if not await process_batch(self._connection, self._catalogue, batch=BATCH, straight=self._straight):
                    return
                self._processed()
        except (psycopg.Error, OSError) as error:
            log.warning("carrier.database_away", error=type(error).__name__, stage="processing")
        except Exception:
            log.exception("carrier.defect", stage="processing")
        else:
            return
        await self._close()
        await asyncio.sleep(PAUSE_AFTER_FAILURE)
        self.wake()

    async def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(psycopg.Error):
                await connection.close()
