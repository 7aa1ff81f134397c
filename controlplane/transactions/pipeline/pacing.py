"""When a call may begin: at its slot, where its destination has a rate, and with enough of its lease left.

A slot that was missed by more than a little is lost, and a new one is taken from the database: if a worker that
stood still sent all it had at once, the destination would get more than its rate. A call that begins late in its lease
would be cut off by its end, and sent again by whoever takes it over. Where none can begin in time, nothing is sent, and
the step runs are given back.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import NamedTuple

from django.conf import settings

from controlplane.foundation.arrays import uuids
from controlplane.foundation.database import AsyncConnection
from controlplane.transactions.pipeline import claim_statements as statements
from controlplane.transactions.pipeline import stopped
from controlplane.transactions.pipeline.catalogue import KnownDestination
from controlplane.transactions.pipeline.deliveries import Claimed, Delivery
from controlplane.transactions.rules import rate

#: Seconds to write down what came of a call that took all of its time.
WRITING = 1.0
#: For so many seconds of a lease, or for half of a short one, calls begin, however long they may take: where a lease is
#: configured for less than a whole call, none could begin at all.
BEGINNING = 4.0


def needed(destination: KnownDestination) -> float:
    """Seconds that have to be left of a lease for a call to begin."""
    lease = settings.LEASE_SECONDS
    return min(destination.deadline + WRITING, max(lease - BEGINNING, lease / 2))


class Slot(NamedTuple):
    """When a call may go, by the monotonic clock; its slot may have begun up to ``slack`` seconds earlier."""

    at: float
    slack: float = 0.0


@dataclass(frozen=True, slots=True)
class Slots:
    """The slots of destinations, as the database gives them out; ``connect`` lends a connection for a statement."""

    connect: Callable[[], AbstractAsyncContextManager[AsyncConnection]]

    async def reserve(self, destination: int, calls: int, left: float) -> Slot | None:
        """Take the next free slots for so many calls, and tell the last; at once without a rate (any more).

        None when that one does not begin in the seconds that are ``left``: then none is taken.
        """
        parameters = {"destination": destination, "calls": calls, "headroom": rate.HEADROOM, "left": left}
        async with self.connect() as connection:
            asked = time.monotonic()
            row = await (await connection.execute(statements.RESERVE, parameters)).fetchone()
            now = time.monotonic()
        if row is None:
            return None
        return Slot(now) if row[0] is None else Slot(now + row[0], now - asked)

    async def give_back(self, deliveries: Sequence[Delivery]) -> None:
        """These were not sent: they are due again, and this try does not count; of a stopped replay, withdrawn."""
        claims = [delivery.claim for delivery in deliveries]
        columns = [uuids([claim.step_run_id for claim in claims]), uuids([claim.token for claim in claims])]
        async with self.connect() as connection, connection.transaction(), connection.cursor(binary=True) as cursor:
            await cursor.execute(statements.GIVE_BACK, columns)
            ours = {row[0] for row in await cursor.fetchall()}
            await stopped.withdraw(cursor, [one for one in deliveries if one.claim.step_run_id in ours])


async def turn(claimed: Claimed, deliveries: Sequence[Delivery], slots: Slots) -> bool:
    """Wait until these, which share a call, may be sent; False when too little of the lease would be left then."""
    latest = claimed.until - needed(deliveries[0].destination)
    waits = [delivery.claim.wait for delivery in deliveries if delivery.claim.wait is not None]
    if not waits:
        return time.monotonic() < latest
    tolerance = rate.tolerance(deliveries[0].claim.interval or 0.0)
    slot: Slot | None = Slot(claimed.since + max(waits), claimed.slack)
    while slot is not None and slot.at < latest:
        await asyncio.sleep(max(0.0, slot.at - time.monotonic()))
        if time.monotonic() - slot.at + slot.slack <= tolerance:
            return time.monotonic() < latest
        slot = await slots.reserve(deliveries[0].destination.id, len(deliveries), latest - time.monotonic())
    return False
