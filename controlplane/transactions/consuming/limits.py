"""How fast messages are let in: the same limits as at the web's door, but whoever comes too fast waits in the queue."""

from __future__ import annotations

import asyncio

from controlplane.transactions.ingress.endpoints import KnownEndpoint
from controlplane.transactions.ingress.pace import Pace
from controlplane.transactions.ingress.pressure import Pressure

#: A backlog or a full disk is looked at every few seconds; asking sooner tells nothing new.
PRESSED_SECONDS = 2.0


class Limits:
    """An endpoint's budget, and this process's view of what is too much; start and stop it with the process."""

    def __init__(self) -> None:
        self.pressure = Pressure()
        self._pace = Pace()

    def start(self) -> None:
        """Begin to look at what waits and what is free."""
        self.pressure.start()

    async def stop(self) -> None:
        """Look no more."""
        await self.pressure.stop()

    async def let_in(self, endpoint: KnownEndpoint) -> None:
        """Wait until one more event may come in. An unconfirmed message holds the rest back in the queue meanwhile."""
        while wait := self._wait(endpoint):  # noqa: ASYNC110 - budgets tell nobody
            await asyncio.sleep(wait)

    def _wait(self, endpoint: KnownEndpoint) -> float:
        if self.pressure.refuses(endpoint.importance, endpoint.lane) is not None:
            return PRESSED_SECONDS
        return self._pace.wait(endpoint.id, endpoint.rate)
