"""How much one worker has under way: so that a destination that does not answer takes the place of no other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from controlplane.transactions.pipeline.deliveries import Delivery
from controlplane.transactions.pipeline.outward import CONNECTIONS

#: Deliveries under way in all, from the claim to the written outcome: bounds memory, and gives each a connection.
DELIVERIES = CONNECTIONS
#: Of one destination; no more is claimed then, so that it never has more than half of the room. What it may get at
#: once from all workers is ``max_in_flight``.
A_DESTINATION = DELIVERIES // 4


class Room:
    """The deliveries that one event loop is carrying out."""

    def __init__(self) -> None:
        self._deliveries: Counter[int] = Counter()

    @property
    def left(self) -> int:
        """How many more may be claimed; never below zero."""
        return max(0, DELIVERIES - self._deliveries.total())

    @property
    def busy(self) -> list[int]:
        """The destinations that nothing more should be claimed for."""
        return [destination for destination, count in self._deliveries.items() if count >= A_DESTINATION]

    def enter(self, deliveries: Sequence[Delivery]) -> None:
        """These begin."""
        self._deliveries.update(delivery.destination.id for delivery in deliveries)

    def leave(self, deliveries: Sequence[Delivery]) -> None:
        """These have ended."""
        for delivery in deliveries:
            self._deliveries[delivery.destination.id] -= 1
        self._deliveries += Counter()  # without those that have nothing under way
