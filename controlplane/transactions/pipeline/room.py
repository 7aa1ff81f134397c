"""How much one worker has under way: so that a destination that does not answer takes the place of no other."""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from controlplane.foundation import clock
from controlplane.transactions.pipeline.deliveries import Delivery
from controlplane.transactions.pipeline.outward import CONNECTIONS

#: Deliveries under way in all, from the claim to the written outcome: bounds memory, and gives each a connection.
DELIVERIES = CONNECTIONS
#: Of one destination; no more is claimed then, so that it never has more than half of the room. What it may get at
#: once from all workers is ``max_in_flight``.
A_DESTINATION = DELIVERIES // 4
#: A destination is at work while it has ended something within so many seconds that had taken no longer than that.
AT_WORK_SECONDS = 0.25


class Room:
    """The deliveries that one event loop is carrying out."""

    def __init__(self) -> None:
        self._deliveries: Counter[int] = Counter()
        self._kept_free = 0
        self._quick_at: dict[int, float] = {}
        self._left = asyncio.Event()

    @property
    def left(self) -> int:
        """How many more may be claimed; never below zero."""
        return max(0, DELIVERIES - self._deliveries.total() - self._kept_free)

    @property
    def busy(self) -> list[int]:
        """The destinations that nothing more should be claimed for."""
        return [destination for destination, count in self._deliveries.items() if count >= A_DESTINATION]

    def left_for(self, destination: int) -> int:
        """How many more of one destination may be claimed."""
        return max(0, min(self.left, A_DESTINATION - self._deliveries[destination]))

    def shared(self, wanted: Mapping[int, int]) -> dict[int, int]:
        """How many more of each destination may be claimed together, of so many that are ``wanted``.

        Where there is not room for all, who wants little gets it, and the others share what is left alike.
        """
        left, shares = self.left, {}
        for waiting, one in zip(range(len(wanted), 0, -1), sorted(wanted, key=wanted.__getitem__), strict=True):
            if share := min(wanted[one], self.left_for(one), left // waiting):
                shares[one] = share
                left -= share
        return shares

    @contextlib.contextmanager
    def keeping_free(self, count: int) -> Iterator[None]:
        """For a claim that is under way: nobody else takes these meanwhile."""
        self._kept_free += count
        try:
            yield
        finally:
            self._kept_free -= count

    @property
    def at_work(self) -> int:
        """The deliveries under way that will soon end: not those of a destination that is slow, or ends nothing."""
        since = time.monotonic() - AT_WORK_SECONDS
        return sum(count for one, count in self._deliveries.items() if self._quick_at.get(one, -math.inf) >= since)

    async def quiet(self, few: int, seconds: float) -> None:
        """Wait until no more than ``few`` are at work, for so many seconds at most."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.at_work > few:
                    self._left.clear()
                    await self._left.wait()

    def enter(self, deliveries: Sequence[Delivery]) -> None:
        """These begin."""
        self._deliveries.update(delivery.destination.id for delivery in deliveries)

    def leave(self, deliveries: Sequence[Delivery]) -> None:
        """These have ended."""
        quick_since = clock.now() - timedelta(seconds=AT_WORK_SECONDS)
        for delivery in deliveries:
            self._deliveries[delivery.destination.id] -= 1
            if delivery.began_at is not None and delivery.began_at >= quick_since:
                self._quick_at[delivery.destination.id] = time.monotonic()
        self._deliveries += Counter()  # without those that have nothing under way
        self._left.set()
