"""A sender that posts signed events at a steady rate and, like every good sender, tries again until it is believed."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import aiohttp
import orjson

from connectors.messages import Request, Secret
from connectors.signatures import sign

TICK = 0.02
PATIENCE = 60.0
UNDER_WAY = 256
REPEATED = 10


class Sender:
    """``with Sender(...) as sender`` sends ``rate`` events a second to its end; ``acknowledged`` maps number to id.

    Every tenth event it sends once more although it was acknowledged, as senders do that lost the answer;
    ``repeated`` maps those numbers to the id that they got then. Numbers begin after ``after``; there are ``most`` of
    them at most. An event
    that is not acknowledged for ``patience`` seconds is given up. ``began`` maps each number to when it was sent for
    the first time, in seconds of the monotonic clock.
    """

    def __init__(
        self, url: str, secret: str, *, rate: int, after: int = 0, patience: float = PATIENCE, most: float = math.inf
    ) -> None:
        self.url, self.rate, self.after, self.patience, self.most = url, rate, after, patience, most
        self.repeated: dict[int, str] = {}
        self.acknowledged: dict[int, str] = {}
        self.began: dict[int, float] = {}
        self.given_up: list[int] = []
        self.answers: dict[int, int] = {}
        self._secret = Secret(secret)
        self._enough = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._send_all()), name="sender", daemon=True)
        self.sent = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.enough()

    def enough(self) -> None:
        """Begin no more events, and wait until every begun one is acknowledged or given up."""
        self._enough.set()
        self._thread.join(self.patience * 2)

    async def _send_all(self) -> None:
        room = asyncio.Semaphore(UNDER_WAY)
        began = time.monotonic()
        timeout = aiohttp.ClientTimeout(total=10)
        async with aiohttp.ClientSession(timeout=timeout) as session, asyncio.TaskGroup() as under_way:
            while not self._enough.is_set():
                due = int((time.monotonic() - began) * self.rate)
                while self.sent < min(due, self.most):
                    await room.acquire()
                    self.sent += 1
                    under_way.create_task(self._send(session, self.after + self.sent, room))
                await asyncio.sleep(TICK)

    async def _send(self, session: aiohttp.ClientSession, number: int, room: asyncio.Semaphore) -> None:
        self.began[number] = time.monotonic()
        try:
            await self._until_believed(session, number, self.acknowledged)
            if number % REPEATED == 0 and number in self.acknowledged:
                await self._until_believed(session, number, self.repeated)
        finally:
            room.release()

    async def _until_believed(self, session: aiohttp.ClientSession, number: int, ids: dict[int, str]) -> None:
        until = time.monotonic() + self.patience
        while time.monotonic() < until:
            if identifier := await self._post(session, number):
                ids[number] = identifier
                return
            await asyncio.sleep(0.25)
        self.given_up.append(number)

    async def _post(self, session: aiohttp.ClientSession, number: int) -> str:
        """The id that the event was acknowledged with; "" when it was not."""
        body = orjson.dumps({"type": "order.placed", "number": number, "data": {"number": number}})
        bare = Request("POST", self.url, {"content-type": "application/json", "webhook-id": f"msg_{number}"}, body)
        signed = sign("standard_webhooks", bare, self._secret, {}, datetime.now(UTC))
        try:
            async with session.post(self.url, data=body, headers=dict(signed.headers)) as answer:
                self.answers[answer.status] = self.answers.get(answer.status, 0) + 1
                return str((await answer.json())["id"]) if answer.status in {200, 202} else ""
        except (aiohttp.ClientError, TimeoutError):
            self.answers[0] = self.answers.get(0, 0) + 1
            return ""
