"""Waiting for a call's slot, where its destination has a rate.

A slot that was missed by more than a little is lost, and a new one is taken from the database: if a worker that
stood still sent all it had at once, the destination would get more than its rate.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from controlplane.foundation.database import AsyncConnection
from controlplane.transactions.pipeline import claim_statements as statements
from controlplane.transactions.pipeline.deliveries import Claimed, Delivery
from controlplane.transactions.rules import rate

#: Takes slots at a destination: (destination, how many) → seconds until the last; None when it has no rate any more.
Reserve = Callable[[int, int], Awaitable[float | None]]


async def turn(claimed: Claimed, deliveries: Sequence[Delivery], reserve: Reserve) -> bool:
    """Wait until these, which share a call, may be sent; False when that would be after the lease."""
    waits = [delivery.claim.wait for delivery in deliveries if delivery.claim.wait is not None]
    at = claimed.since + max(waits) if waits else None
    while at is not None:
        if at >= claimed.until:
            return False
        await asyncio.sleep(max(0.0, at - time.monotonic()))
        if time.monotonic() - at <= rate.TOLERANCE:
            return True
        seconds = await reserve(deliveries[0].destination.id, len(deliveries))
        at = None if seconds is None else time.monotonic() + max(0.0, seconds)
    return time.monotonic() < claimed.until


async def reserve(connection: AsyncConnection, destination: int, calls: int) -> float | None:
    """Take the next free slots; see :data:`Reserve`."""
    parameters = {"destination": destination, "calls": calls, "headroom": rate.HEADROOM}
    row = await (await connection.execute(statements.RESERVE, parameters)).fetchone()
    return row[0] if row else None
