"""Waits that must end. They are looked at now and then: a timer for each of thousands a second costs too much."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from controlplane.foundation.logs import logger

log = logger(__name__)

#: So often are waits looked at, and so much later than promised may one end.
LOOK_SECONDS = 0.25

One = TypeVar("One", bound=Hashable)


class Patience(Generic[One]):
    """Whoever waits, for ``seconds`` each; ``over`` ends the wait of one that has waited so long."""

    def __init__(self, seconds: float, over: Callable[[One], None]) -> None:
        self._seconds = seconds
        self._over = over
        self._until: dict[One, float] = {}

    def begin(self, one: One) -> None:
        """It waits from now on."""
        self._until[one] = time.monotonic() + self._seconds

    def end(self, one: One) -> None:
        """It waits no more; harmless when it does not."""
        self._until.pop(one, None)

    def look(self) -> None:
        """End what has waited too long. Those that began first are the first."""
        now, late = time.monotonic(), []
        for one, until in self._until.items():
            if until > now:
                break
            late.append(one)
        for one in late:
            del self._until[one]
            self._over(one)


async def look_for_ever(look: Callable[[], None]) -> None:
    """Look until cancelled. One that cannot be told costs nobody else the end of their wait."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            look()
        except Exception:
            log.exception("ingress.defect", stage="patience")
