"""A sender that posts signed events at a steady rate through the ingress of this process, in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self
from uuid import UUID

from controlplane.transactions.ingress.application import Ingress
from tests.standalone.waiting import until
from tests.transactions.carrying import Sender

TICK = 0.01


class Steady:
    """``with Steady(slug, 200, event) as sender``: event(1), event(2), … are sent, so many a second.

    ``accepted`` are the ids that were answered with, by number; ``refused`` what got another answer.
    """

    def __init__(self, slug: str, rate: int, event: Callable[[int], Any]) -> None:
        self.slug, self.rate, self.event = slug, rate, event
        self.accepted: dict[int, UUID] = {}
        self.refused: dict[int, int] = {}
        self.sent = 0
        self._enough = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._send_all()), name="steady", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.enough()

    def enough(self) -> None:
        """Begin no more, and wait until every begun one is answered."""
        self._enough.set()
        self._thread.join(60)

    def more(self, count: int) -> None:
        """Wait until so many more have been accepted."""
        wanted = len(self.accepted) + count
        until(lambda: len(self.accepted) >= wanted, within=60 + 5 * count / self.rate)

    async def _send_all(self) -> None:
        ingress = Ingress()
        sender, began = Sender(ingress, self.slug), time.monotonic()
        async with asyncio.TaskGroup() as under_way:
            while not self._enough.is_set():
                due = int((time.monotonic() - began) * self.rate)
                for number in range(self.sent + 1, due + 1):
                    under_way.create_task(self._post(sender, number))
                self.sent = max(self.sent, due)
                await asyncio.sleep(TICK)
        await ingress.stop()

    async def _post(self, sender: Sender, number: int) -> None:
        answer = await sender.send(self.event(number))
        if answer.status in {200, 202}:
            self.accepted[number] = answer.id
        else:
            self.refused[number] = answer.status
