"""The worker's loop: two halves that work while there is work, woken by the doorbell or the sweep.

Celery only rings. Whether the broker is slow, empty or gone, the sweep looks at the tables every
``SWEEP_SECONDS`` and finds all work (invariant 1). One event loop a process takes events from the inbox and carries
their deliveries over kept connections; where there is a processor for it, a twin does the same beside it.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Sequence
from contextlib import aclosing
from functools import partial

import psycopg
import uvloop
from django.conf import settings
from psycopg_pool import PoolTimeout

from controlplane.foundation.database import AsyncConnection, Pool, connect_async, open_pool
from controlplane.foundation.logs import logger
from controlplane.transactions.pipeline import statements, twin
from controlplane.transactions.pipeline.catalogue import Catalogue, catalogue
from controlplane.transactions.pipeline.claiming import claim
from controlplane.transactions.pipeline.deliveries import NOTHING, Claimed, Delivery
from controlplane.transactions.pipeline.delivering import make_ready, send
from controlplane.transactions.pipeline.outcomes import WRITERS, Outcomes
from controlplane.transactions.pipeline.outward import Outward
from controlplane.transactions.pipeline.pacing import Slots
from controlplane.transactions.pipeline.processor import PAUSE_AFTER_FAILURE, Processor
from controlplane.transactions.pipeline.room import Room
from controlplane.transactions.pipeline.straight import Straight
from controlplane.transactions.pipeline.sweeping import sweep
from controlplane.transactions.pipeline.twin import Twin
from controlplane.transactions.rules import rate

log = logger(__name__)

#: Database connections for making ready and finishing; none is held while a destination is waited for.
CONNECTIONS = 5
RELEASE_SECONDS = 30.0


class Carrier:
    """Processing and delivering in the background of one process, and of a twin where there is a processor for it."""

    def __init__(self, known: Catalogue = catalogue) -> None:
        self._catalogue = known
        self._stopping = threading.Event()
        self._twin: Twin | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._queue: asyncio.Event | None = None
        self._processor: Processor | None = None
        self._thread: threading.Thread | None = None

    def start(self, *, alone: bool = False) -> None:
        """Start both halves; harmless when they run. ``alone``: nothing else has been started in this process yet."""
        if self._thread is not None:
            return
        if alone and twin.worthwhile():
            self._twin = Twin(partial(Carrier, self._catalogue))
        self._thread = threading.Thread(target=self._carry_for_ever, name="carrier", daemon=True)
        self._thread.start()

    def stop(self, seconds: float = 3.0) -> None:
        """Let what is under way come to its end, for ``seconds`` at most; the rest is taken over by lease."""
        self._stopping.set()
        if self._twin is not None:
            self._twin.stop()
        self._wake("sweep")
        if self._thread is not None:
            self._thread.join(seconds)
            self._thread = None

    def wake(self, kind: str) -> None:
        """There is work of that kind, or may be ("sweep")."""
        self._wake(kind)
        if self._twin is not None:
            self._twin.wake(kind)

    def _wake(self, kind: str) -> None:
        loop, queue, processor = self._loop, self._queue, self._processor
        if loop is None or queue is None or processor is None:
            return
        with contextlib.suppress(RuntimeError):  # the loop has just closed
            if kind in {"process", "sweep"}:
                loop.call_soon_threadsafe(processor.wake)
            if kind in {"deliver", "sweep"}:
                loop.call_soon_threadsafe(queue.set)

    # -- the loop ----------------------------------------------------------------------------------

    def _carry_for_ever(self) -> None:
        while not self._stopping.is_set():
            try:
                uvloop.run(self._carry_on())
            except (psycopg.Error, OSError) as error:
                log.warning("carrier.database_away", error=type(error).__name__, stage="delivering")
            except Exception:
                log.exception("carrier.defect", stage="delivering")
            self._stopping.wait(PAUSE_AFTER_FAILURE if not self._stopping.is_set() else 0)

    async def _carry_on(self) -> None:
        """Claim and process until it is to stop; then what is under way comes to its end, and what came of it."""
        queue, outward, room = asyncio.Event(), Outward(), Room()

        def written(deliveries: Sequence[Delivery]) -> None:
            """There is room again, and what waited for these may have become ready."""
            room.leave(deliveries)
            queue.set()

        try:
            async with open_pool(CONNECTIONS) as pool, asyncio.TaskGroup() as always:
                outcomes = Outcomes(pool, self._catalogue, written)
                standing = [always.create_task(outcomes.write_for_ever()) for _ in range(WRITERS)]
                standing.append(always.create_task(self._release_for_ever(pool)))
                async with aclosing(_Claiming(self._catalogue, room)) as claiming, asyncio.TaskGroup() as under_way:

                    def begin(claimed: Claimed) -> None:
                        for part in claimed.by_destination():
                            room.enter(part.deliveries)
                            under_way.create_task(self._carry(part, pool, outward, outcomes, room))

                    self._processor = Processor(self._catalogue, Straight(room, begin), queue.set, self._stopping)
                    self._loop, self._queue = asyncio.get_running_loop(), queue
                    under_way.create_task(self._processor.run())
                    while not self._stopping.is_set():
                        begin(await self._claim(claiming, queue))
                await outcomes.drained()
                for task in standing:
                    task.cancel()
        finally:
            self._loop = self._queue = self._processor = None
            await outward.aclose()

    async def _claim(self, claiming: _Claiming, queue: asyncio.Event) -> Claimed:
        """What can be had now; when that is nothing, not before there may be something."""
        claimed = await claiming.claim()
        if claimed.paced:
            # Its next slots are due before anybody sweeps.
            asyncio.get_running_loop().call_later(rate.HORIZON / 2, queue.set)
        if not claimed.deliveries:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(queue.wait(), settings.SWEEP_SECONDS)
            queue.clear()
        return claimed

    async def _carry(self, part: Claimed, pool: Pool, outward: Outward, outcomes: Outcomes, room: Room) -> None:
        """One destination's part of a claim to its end. A failure here costs a take-over, never the other parts."""
        ours = {delivery.claim.step_run_id: delivery for delivery in part.deliveries}

        def hand_over(deliveries: Sequence[Delivery]) -> None:
            """Whoever writes their outcomes says that they have left, too: some may have one and never get there."""
            for delivery in deliveries:
                del ours[delivery.claim.step_run_id]
            outcomes.add(deliveries)

        try:
            async with pool.connection() as connection:
                await make_ready(connection, part)
            hand_over([delivery for delivery in part.deliveries if delivery.called is not None])
            await send(outward, part, Slots(pool.connection), hand_over)
        except (psycopg.Error, PoolTimeout, OSError) as error:
            log.warning("carrier.left_to_lease", error=type(error).__name__, step_runs=len(ours))
        except Exception:
            log.exception("carrier.defect", stage="delivering")
        finally:
            room.leave(list(ours.values()))

    async def _release_for_ever(self, pool: Pool) -> None:
        """Beat rings for it as well; but whether the broker is there or not, no order may stand still."""
        while True:
            await asyncio.sleep(RELEASE_SECONDS)
            try:
                async with pool.connection() as connection:
                    cursor = await connection.execute(statements.RELEASE_PARKED)
                    released = cursor.rowcount + await sweep(connection, self._catalogue)
            except (psycopg.Error, PoolTimeout, OSError) as error:
                log.warning("carrier.database_away", error=type(error).__name__, stage="releasing")
            except Exception:
                log.exception("carrier.defect", stage="releasing")
            else:
                if released:
                    self._wake("deliver")


class _Claiming:
    """The connection that claims. It is opened anew when it was lost, while what is under way goes on."""

    def __init__(self, known: Catalogue, room: Room) -> None:
        self._catalogue = known
        self._room = room
        self._connection: AsyncConnection | None = None

    async def claim(self) -> Claimed:
        """What can be had now; nothing, after a pause, while the database is away."""
        if not self._room.left:
            return NOTHING
        # The other half is for what comes straight from the inbox meanwhile: together they have no more than there is.
        most = (self._room.left + 1) // 2
        try:
            if self._connection is None or self._connection.closed:
                self._connection = await connect_async()
            with self._room.keeping_free(most):
                return await claim(self._connection, self._catalogue, most=most, busy=self._room.busy)
        except (psycopg.Error, OSError) as error:
            log.warning("carrier.database_away", error=type(error).__name__, stage="claiming")
        except Exception:
            log.exception("carrier.defect", stage="claiming")
        await self.aclose()
        await asyncio.sleep(PAUSE_AFTER_FAILURE)
        return NOTHING

    async def aclose(self) -> None:
        """Close the connection, if there is one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(psycopg.Error):
                await connection.close()


carrier = Carrier()
