"""Running the pipeline step by step in a test: no threads, no waiting, each stage when the test says so."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from connectors.messages import Request, Secret
from connectors.signatures import sign
from controlplane.foundation.database import connect_async
from controlplane.transactions.ingress.application import Ingress
from controlplane.transactions.models import StepQueue, StepRun, Transaction
from controlplane.transactions.pipeline.catalogue import Catalogue, catalogue
from controlplane.transactions.pipeline.claiming import claim
from controlplane.transactions.pipeline.deliveries import Claimed
from controlplane.transactions.pipeline.delivering import carry_out
from controlplane.transactions.pipeline.finishing import finish
from controlplane.transactions.pipeline.outward import Outward
from controlplane.transactions.pipeline.processing import process_batch

SECRET = "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"


@dataclass(frozen=True, slots=True)
class Answered:
    """What the ingress answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body, parsed."""
        return orjson.loads(self.body)

    @property
    def id(self) -> UUID:
        """The event's id in an answer that accepted or knew it."""
        return UUID(self.json()["id"])


@dataclass
class Sender:
    """Somebody who posts to an endpoint over ASGI, in one event loop with a running ingress."""

    ingress: Ingress
    slug: str
    scheme: str = "stripe"
    secret: str = SECRET
    settings: dict[str, Any] = field(default_factory=dict)

    async def post(self, body: bytes, *, headers: dict[str, str] | None = None, method: str = "POST") -> Answered:
        """Post these bytes, unsigned unless ``headers`` sign them."""
        return await ask(self.ingress, f"/in/{self.slug}", body, headers or {}, method)

    async def send(self, document: Any, *, headers: dict[str, str] | None = None) -> Answered:
        """Post a document, signed as the endpoint asks."""
        body = document if isinstance(document, bytes) else orjson.dumps(document)
        request = Request("POST", "", {"content-type": "application/json", **(headers or {})}, body)
        signed = sign(self.scheme, request, Secret(self.secret), self.settings, datetime.now(UTC))
        return await self.post(body, headers=dict(signed.headers))


async def ask(application: Any, path: str, body: bytes, headers: dict[str, str], method: str = "POST") -> Answered:
    """One HTTP request to an ASGI application; ``path`` may have a query."""
    address, _, query = path.partition("?")
    sent: list[Any] = []
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Any:
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": address,
        "query_string": query.encode("latin-1"),
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()],
        "client": ("127.0.0.1", 50000),
    }
    await application(scope, receive, send)
    start, *rest = sent
    found = {name.decode(): value.decode() for name, value in start["headers"]}
    return Answered(start["status"], found, b"".join(part.get("body", b"") for part in rest))


def process(known: Catalogue = catalogue) -> int:
    """Process everything in the inbox; returns how many rows were taken."""
    known.forget()
    return asyncio.run(process_async(known))


async def process_async(known: Catalogue = catalogue) -> int:
    """The same within an event loop."""
    total = 0
    async with await connect_async() as own:
        while taken := await process_batch(own, known):
            total += taken
    return total


def process_one_batch(known: Catalogue = catalogue) -> int:
    """A single batch; returns how many rows were taken."""

    async def one() -> int:
        async with await connect_async() as own:
            return await process_batch(own, known)

    return asyncio.run(one())


def deliver(known: Catalogue = catalogue, *, rounds: int = 50) -> int:
    """Claim, carry out and finish until nothing is due; returns how many deliveries were made."""
    return asyncio.run(deliver_async(known, rounds=rounds))


async def deliver_async(known: Catalogue = catalogue, *, rounds: int = 50) -> int:
    """The same within an event loop."""
    outward = Outward()
    total = 0
    try:
        async with await connect_async() as own:
            for _ in range(rounds):
                claimed = await claim(own, known)
                if not claimed.deliveries:
                    break
                await carry_out(own, outward, claimed)
                await finish(own, known, claimed.deliveries)
                total += len(claimed.deliveries)
    finally:
        await outward.aclose()
    return total


async def claim_and_vanish(known: Catalogue = catalogue, *, send: bool = True) -> Claimed:
    """A worker that claims, sends (or not), and is killed before it could write what came of it."""
    outward = Outward()
    async with await connect_async() as own:
        claimed = await claim(own, known)
        if send:
            await carry_out(own, outward, claimed)
    await outward.aclose()
    return claimed


def let_time_pass() -> None:
    """Everything that waits for its time is due now: retries, leases, postponed events. Parked rows stay parked."""
    with connection.cursor() as cursor:
        cursor.execute("update step_queue set due_at = now() - interval '1 second' where due_at < '9000-01-01Z'")
        cursor.execute("update inbox set due_at = now() - interval '1 second'")


def carry() -> None:
    """Process and deliver until nothing is due."""
    process()
    deliver()


def the(transaction_id: UUID) -> Transaction:
    """The transaction, read anew."""
    return Transaction.objects.get(pk=transaction_id)


def runs_of(transaction_id: UUID) -> dict[str, StepRun]:
    """Its step runs, by the names of their steps."""
    return {run.name: run for run in StepRun.objects.filter(transaction_id=transaction_id)}


def queued() -> int:
    """How many step runs are in the queue."""
    return StepQueue.objects.count()
