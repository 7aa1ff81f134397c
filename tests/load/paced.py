"""A sender at a steady rate: reads what to send, prints how long each answer took from when it was due.

From when it was due, not from when there was a connection to send it on: else a server that stands still for a second
would have one slow answer to show for it. It runs in a process of its own, and is lean like ``client``.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from array import array
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import cast

import uvloop

from tests.load.client import length_of, signed

TICK = 0.001


@dataclass(slots=True)
class Paced:
    """What all connections share; ``finished`` when so many as were ``wanted`` are answered."""

    wanted: int
    finished: asyncio.Future[None]
    idle: deque[Connection] = field(default_factory=deque)
    took: array[float] = field(default_factory=lambda: array("d"))
    statuses: Counter[str] = field(default_factory=Counter)


class Connection(asyncio.Protocol):
    """One connection, with one request under way at most."""

    def __init__(self, paced: Paced) -> None:
        self.paced = paced
        self.received = b""
        self.due = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It can be used."""
        self.transport = cast(asyncio.Transport, transport)
        self.paced.idle.append(self)

    def send(self, request: bytes, due: float) -> None:
        """Send one."""
        self.due = due
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Can be used again when the answer is complete."""
        self.received += data
        head, blank, body = self.received.partition(b"\r\n\r\n")
        if not blank or len(body) < length_of(head):
            return
        self.paced.took.append(time.perf_counter() - self.due)
        self.paced.statuses[head[9:12].decode()] += 1
        self.received = b""
        self.paced.idle.append(self)
        if len(self.paced.took) == self.paced.wanted:
            self.paced.finished.set_result(None)


def order(kind: str, number: int) -> bytes:
    """The event of that type and number."""
    return json.dumps({"id": f"evt_{number}", "type": kind, "number": number}).encode()


async def work(question: dict[str, str | int]) -> dict[str, object]:
    """Send ``rate`` a second for so many ``seconds``, with numbers from ``first``."""
    rate, count = int(question["rate"]), int(question["rate"]) * int(question["seconds"])
    secret, path, first = str(question["secret"]).encode(), str(question["path"]), int(question["first"])
    kind = str(question["type"])
    requests = [signed(path, order(kind, first + number), secret) for number in range(count)]
    loop = asyncio.get_running_loop()
    paced = Paced(count, loop.create_future())
    for _ in range(int(question["connections"])):
        await loop.create_connection(lambda: Connection(paced), "127.0.0.1", int(question["port"]))
    began, sent = time.perf_counter(), 0
    while sent < count:
        due = min(count, int((time.perf_counter() - began) * rate))
        while sent < due and paced.idle:
            paced.idle.popleft().send(requests[sent], began + sent / rate)
            sent += 1
        await asyncio.sleep(TICK)
    async with asyncio.timeout(60):
        await paced.finished
    ordered = sorted(paced.took)
    return {
        "p50_ms": ordered[count // 2] * 1000,
        "p99_ms": ordered[int(count * 0.99)] * 1000,
        "statuses": dict(paced.statuses),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(uvloop.run(work(json.load(sys.stdin)))))
