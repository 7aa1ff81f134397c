"""Long work on an event loop that others share: in between they have their turn."""

from __future__ import annotations

import asyncio
import time

#: Seconds of work after which others on the event loop have their turn.
MOST_AT_A_STRETCH = 0.005


class Turns:
    """The turns that one piece of work gives to others; it begins now."""

    def __init__(self) -> None:
        self._until = time.monotonic() + MOST_AT_A_STRETCH

    async def give(self) -> None:
        """Let others have their turn, if it is time; asked between one item and the next."""
        if time.monotonic() >= self._until:
            await asyncio.sleep(0)
            self._until = time.monotonic() + MOST_AT_A_STRETCH
