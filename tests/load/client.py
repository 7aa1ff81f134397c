"""A sender with many connections, each with one request under way: reads what to send, prints what came of it.

Lean on purpose: requests are made before the clock starts, and answers are read just as far as their status
and length. It runs in a process of its own, so that what is measured does not measure itself.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import sys
import time
from array import array
from collections import Counter
from dataclasses import dataclass, field
from typing import cast

import uvloop

FILLER = "x" * 640


@dataclass(slots=True)
class Work:
    """What all connections share: requests still to be sent, and what is known of those that were answered."""

    requests: list[bytes]
    finished: asyncio.Future[None]
    connections: int
    latencies: array[int] = field(default_factory=lambda: array("q"))
    statuses: Counter[bytes] = field(default_factory=Counter)


class Connection(asyncio.Protocol):
    """One connection: sends, waits for the whole answer, sends the next."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.received = b""
        self.began = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self.transport = cast(asyncio.Transport, transport)
        self.send()

    def send(self) -> None:
        """Send the next request, or end."""
        if self.work.requests:
            self.began = time.perf_counter_ns()
            self.transport.write(self.work.requests.pop())
            return
        self.transport.close()
        self.work.connections -= 1
        if self.work.connections == 0:
            self.work.finished.set_result(None)

    def data_received(self, data: bytes) -> None:
        """Go on when the answer is complete."""
        self.received += data
        head, blank, body = self.received.partition(b"\r\n\r\n")
        if not blank or len(body) < length_of(head):
            return
        self.work.latencies.append(time.perf_counter_ns() - self.began)
        self.work.statuses[head[9:12]] += 1
        self.received = b""
        self.send()

    def connection_lost(self, error: Exception | None) -> None:
        """Losing a connection halfway spoils the measurement: say so."""
        if not self.work.finished.done() and not self.transport.is_closing():
            self.work.finished.set_exception(error or ConnectionError("the server closed a connection"))


def length_of(head: bytes) -> int:
    """Of the body behind this head."""
    _, _, rest = head.lower().partition(b"content-length:")
    return int(rest.split(b"\r\n", 1)[0]) if rest else 0


def event(name: str, customer: str = "") -> bytes:
    """A paid invoice of about a kilobyte, as Stripe sends it; of one of 5,000 customers unless one is named."""
    record = {
        "id": f"in_{name}",
        "object": "invoice",
        "number": f"INV-{name}",
        "customer": customer or f"cus_{hash(name) % 5000}",
        "customer_name": "Brandt Messtechnik GmbH",
        "customer_email": "office@brandt-mt.example",
        "currency": "eur",
        "amount_paid": 394000,
        "status": "paid",
        "description": FILLER,
    }
    document = {
        "id": f"evt_{name}",
        "object": "event",
        "type": "invoice.paid",
        "created": 1_790_000_000,
        "data": {"object": record},
    }
    return json.dumps(document, separators=(",", ":")).encode()


def request(path: str, name: str, secret: bytes) -> bytes:
    """The whole request of that event."""
    return signed(path, event(name), secret)


def signed(path: str, body: bytes, secret: bytes) -> bytes:
    """The whole request, signed as Stripe signs."""
    moment = str(int(time.time()))
    signature = hmac.digest(secret, moment.encode() + b"." + body, "sha256").hex()
    head = (
        f"POST {path} HTTP/1.1\r\nhost: bench\r\nuser-agent: bench\r\naccept: */*\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\nstripe-signature: t={moment},v1={signature}\r\n\r\n"
    )
    return head.encode() + body


async def work(question: dict[str, str | int]) -> dict[str, object]:
    """Send it all; how long it took and how each answer came."""
    path, prefix, secret = str(question["path"]), question["prefix"], str(question["secret"]).encode()
    requests = [request(path, f"{prefix}_{number}", secret) for number in range(int(question["requests"]))]
    connections = int(question["connections"])
    todo = Work(requests, asyncio.get_running_loop().create_future(), connections)
    loop, port = asyncio.get_running_loop(), int(question["port"])
    began = time.perf_counter()
    for _ in range(connections):
        await loop.create_connection(lambda: Connection(todo), "127.0.0.1", port)
    await todo.finished
    seconds = time.perf_counter() - began
    ordered = sorted(todo.latencies)
    return {
        "rate": len(ordered) / seconds,
        "p50_ms": ordered[len(ordered) // 2] / 1e6,
        "p99_ms": ordered[int(len(ordered) * 0.99)] / 1e6,
        "statuses": {status.decode(): count for status, count in todo.statuses.items()},
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(uvloop.run(work(json.load(sys.stdin)))))
