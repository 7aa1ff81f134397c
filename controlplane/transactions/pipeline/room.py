"""How much one worker has under way: so that a destination that does not answer takes the place of no other."""

from __future__ import annotations

from collections import Counter

from controlplane.transactions.pipeline.deliveries import Claimed

#: Parts of claims under way to one destination; what it may get at once in all is ``max_in_flight``.
PARTS_A_DESTINATION = 8
#: Deliveries under way in all: bounds memory and sockets.
DELIVERIES = 1024


class Room:
    """The parts of claims that one event loop is carrying out."""

    def __init__(self) -> None:
        self._parts: Counter[int] = Counter()
        self._deliveries = 0

    @property
    def full(self) -> bool:
        """Whether nothing more should be claimed."""
        return self._deliveries >= DELIVERIES

    @property
    def busy(self) -> list[int]:
        """The destinations that nothing more should be claimed for."""
        return [destination for destination, parts in self._parts.items() if parts >= PARTS_A_DESTINATION]

    def enter(self, part: Claimed) -> None:
        """A part begins; all its deliveries go to one destination."""
        self._parts[part.deliveries[0].destination.id] += 1
        self._deliveries += len(part.deliveries)

    def leave(self, part: Claimed) -> bool:
        """A part has ended; whether there was no room for something before."""
        destination = part.deliveries[0].destination.id
        was_short = self.full or self._parts[destination] >= PARTS_A_DESTINATION
        self._parts[destination] -= 1
        if not self._parts[destination]:
            del self._parts[destination]
        self._deliveries -= len(part.deliveries)
        return was_short
