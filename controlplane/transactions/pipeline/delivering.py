"""From the queue to the destinations: claim, map, call, hand over to finishing.

A claim takes what several destinations have room for; everything of it is called at once on the
worker's event loop. Batches to one operation share a call where the connector takes several.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import orjson
from django.conf import settings

from connectors.errors import NotSupported
from connectors.messages import Effect, Operation, OperationSpec
from controlplane.foundation import clock, metrics
from controlplane.foundation.database import AsyncConnection
from controlplane.foundation.errors import Invalid
from controlplane.foundation.expressions import ExpressionFailed, expression
from controlplane.foundation.ids import uuid7
from controlplane.foundation.logs import logger
from controlplane.foundation.trace_context import TraceContext
from controlplane.transactions.pipeline import statements
from controlplane.transactions.pipeline.catalogue import Catalogue, KnownDestination, LiveFlow
from controlplane.transactions.pipeline.intake import with_inline_results
from controlplane.transactions.pipeline.outward import Called, Outward
from controlplane.transactions.rules import mapping
from controlplane.transactions.rules.flow import Step
from controlplane.transactions.rules.mapping import MappingFailed
from controlplane.transactions.rules.states import Outcome

log = logger(__name__)

#: Step runs a destination and claim; the room under its cap may be less.
BATCH = 64
#: A step run that so many workers vanished with, one after the other, is set aside.
MAX_LOST = 5


@dataclass(frozen=True, slots=True)
class Claim:
    """One step run that this worker holds.

    ``lost_token`` is the lease of a worker that vanished, and ``lost_at`` when that one had claimed it.
    """

    step_run_id: UUID
    transaction_id: UUID
    destination_id: int
    tries: int
    lost_token: UUID | None
    lost_at: datetime


@dataclass(slots=True)
class Delivery:
    """A claimed step run with all that is needed to carry it out, and then what came of it."""

    claim: Claim
    flow: LiveFlow
    step: Step
    destination: KnownDestination
    attempts: int
    revision: int
    retention: int
    request_id: UUID | None
    event_id: UUID
    correlation_id: UUID
    source_id: int
    resource: str
    external_id: str
    source_version: int | None
    integration_id: int
    lane: int
    canonical: bytes | None
    first_tried_at: datetime | None
    context: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] | None = None
    new_request: bytes | None = None
    called: Called | None = None
    began_at: datetime | None = None
    ordering_key: int | None = None

    @property
    def key(self) -> str:
        """The idempotency key: the same for every try of this body (invariant 4)."""
        return f"{self.claim.step_run_id}:{self.revision}"

    @property
    def spec(self) -> OperationSpec:
        """What the connector says of the operation; one it does not have is carried out as unsafe."""
        try:
            return self.destination.connector.operation(self.step.operation)
        except NotSupported:
            return OperationSpec(self.step.operation, Effect.UNSAFE)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A batch under one lease, which ends at ``until`` by this process's monotonic clock."""

    token: UUID
    deliveries: Sequence[Delivery]
    until: float = math.inf

    def by_destination(self) -> list[Claimed]:
        """The same in parts, so that a slow destination keeps nobody else waiting."""
        parts: dict[int, list[Delivery]] = defaultdict(list)
        for delivery in self.deliveries:
            parts[delivery.destination.id].append(delivery)
        return [Claimed(self.token, part, self.until) for part in parts.values()]


NOTHING = Claimed(UUID(int=0), ())


async def claim(
    connection: AsyncConnection, catalogue: Catalogue, *, batch: int = BATCH, busy: Collection[int] = ()
) -> Claimed:
    """Take what is due and has room, except for ``busy`` destinations. An empty batch: there is nothing to do now."""
    token, until = uuid4(), time.monotonic() + settings.LEASE_SECONDS
    async with connection.transaction():
        cursor = await connection.execute(statements.CLAIM_DESTINATIONS, [list(busy)])
        destinations = [row[0] for row in await cursor.fetchall()]
        if not destinations:
            return Claimed(token, ())
        cursor = await connection.execute(
            statements.CLAIM_STEPS,
            {"destinations": destinations, "batch": batch, "lease": settings.LEASE_SECONDS, "token": token},
        )
        claims = [Claim(*row) for row in await cursor.fetchall()]
        await _record_takeovers(connection, [claim for claim in claims if claim.lost_token is not None])
    if not claims:
        return Claimed(token, ())
    return Claimed(token, await _load(connection, catalogue, claims, token), until)


async def _record_takeovers(connection: AsyncConnection, lost: Sequence[Claim]) -> None:
    if not lost:
        return
    columns = [
        [uuid7() for _ in lost],
        [one.step_run_id for one in lost],
        [one.lost_token for one in lost],
        [one.lost_at for one in lost],
    ]
    await connection.execute(statements.RECORD_TAKEOVERS, columns)
    metrics.TAKEOVERS.inc(len(lost))
    log.warning("delivery.taken_over", step_runs=len(lost))


async def _load(
    connection: AsyncConnection, catalogue: Catalogue, claims: Sequence[Claim], token: UUID
) -> list[Delivery]:
    by_step = {claim.step_run_id: claim for claim in claims}
    columns = [list(by_step), [claim.transaction_id for claim in claims], [claim.tries for claim in claims]]
    rows = await (await connection.execute(statements.LOAD_STEPS, [MAX_LOST, *columns])).fetchall()
    await _forget_orphans(connection, by_step.keys() - {row[0] for row in rows}, token)
    wanted = {claim.destination_id for claim in claims}
    snapshot = await catalogue.snapshot_async(with_destinations=wanted)
    deliveries = [
        _delivery(row, by_step[row[0]], await catalogue.flow_async(row[2]), snapshot.destinations)
        for row in rows
        if by_step[row[0]].destination_id in snapshot.destinations
    ]
    await _give_requests(connection, deliveries)
    await _give_contexts(connection, deliveries)
    return deliveries


def _delivery(
    row: Sequence[Any], claim: Claim, flow: LiveFlow, destinations: Mapping[int, KnownDestination]
) -> Delivery:
    delivery = Delivery(
        claim=claim,
        flow=flow,
        step=flow.step(row[3]),
        destination=destinations[claim.destination_id],
        attempts=row[4],
        revision=row[5],
        retention=row[6],
        request_id=row[7],
        event_id=row[9],
        correlation_id=row[11],
        source_id=row[12],
        resource=row[13],
        external_id=row[14],
        source_version=row[15],
        integration_id=row[16],
        lane=row[17],
        canonical=row[18],
        first_tried_at=row[19],
    )
    if flow.defect:
        delivery.called = Called(Outcome.NOT_SUPPORTED, reason=f"{flow.defect} Nothing was sent.")
    elif claim.lost_token is not None and row[20] >= MAX_LOST:
        reason = f"{MAX_LOST} workers vanished while they carried it out; it was set aside."
        delivery.called = Called(Outcome.TAKEN_OVER, reason=reason)
    return delivery


async def _forget_orphans(connection: AsyncConnection, gone: Collection[UUID], token: UUID) -> None:
    if gone:
        await connection.execute(statements.FORGET_ORPHANS, [list(gone), token])
        log.warning("delivery.orphans", step_runs=len(gone))


async def _give_requests(connection: AsyncConnection, deliveries: Sequence[Delivery]) -> None:
    """A try after the first sends the very body that was sent before, or that a person edited."""
    again = [delivery for delivery in deliveries if delivery.request_id is not None]
    if not again:
        return
    columns = [[d.request_id for d in again], [d.retention for d in again], [d.claim.step_run_id for d in again]]
    bodies: dict[UUID, bytes] = dict(await (await connection.execute(statements.REQUESTS, columns)).fetchall())
    for delivery in again:
        if delivery.request_id is not None and (body := bodies.get(delivery.request_id)) is not None:
            delivery.body = orjson.loads(body)


async def _give_contexts(connection: AsyncConnection, deliveries: Sequence[Delivery]) -> None:
    transactions = list({delivery.claim.transaction_id for delivery in deliveries})
    results: dict[UUID, dict[str, Any]] = defaultdict(dict)
    several = [d.claim.transaction_id for d in deliveries if len(d.flow.steps) > 1]
    if several:
        for transaction_id, name, result in await (
            await connection.execute(statements.RESULTS, [transactions])
        ).fetchall():
            results[transaction_id][name] = result
    for delivery in deliveries:
        delivery.context = context_of(
            delivery.flow,
            delivery.canonical,
            results[delivery.claim.transaction_id],
            transaction_id=delivery.claim.transaction_id,
            event_id=delivery.event_id,
            correlation_id=delivery.correlation_id,
        )


def context_of(
    flow: LiveFlow,
    canonical: bytes | memoryview | None,
    results: Mapping[str, Any],
    *,
    transaction_id: UUID,
    event_id: UUID,
    correlation_id: UUID,
) -> dict[str, Any]:
    """What a step's expressions can read, once steps before it have results."""
    envelope = orjson.loads(canonical) if canonical is not None else {}
    context: dict[str, Any] = {
        "event": envelope.get("data", {}),
        "record": envelope.get("record", {}),
        "type": envelope.get("vendortype", ""),
        "steps": dict(results),
        "transaction": {
            "id": str(transaction_id),
            "event_id": str(event_id),
            "correlation_id": str(correlation_id),
        },
    }
    with_inline_results(flow.steps, context)
    return context


async def carry_out(connection: AsyncConnection, outward: Outward, claimed: Claimed) -> None:
    """Map and call everything in the batch; each delivery then has its ``called``."""
    await make_ready(connection, claimed)
    await send(outward, claimed)


async def make_ready(connection: AsyncConnection, claimed: Claimed) -> None:
    """Give each delivery its body, or why it is not to be sent."""
    for delivery in claimed.deliveries:
        delivery.began_at = clock.now()
        if delivery.called is None:
            _prepare(delivery)
    await _refuse_stale(connection, claimed.deliveries)


async def send(outward: Outward, claimed: Claimed) -> None:
    """Call the destinations with what is ready; takes as long as the slowest of them.

    Not after the lease: this process may have stood still, and somebody else may be sending the same.
    """
    calls = _calls([delivery for delivery in claimed.deliveries if delivery.called is None])
    if time.monotonic() >= claimed.until:
        log.warning("delivery.too_late", step_runs=sum(map(len, calls)))
        return
    await asyncio.gather(*(_call(outward, deliveries, claimed.until) for deliveries in calls))


def _prepare(delivery: Delivery) -> None:
    """Give the delivery its body, by its mapping unless an earlier try had one."""
    if delivery.body is not None:
        return
    if delivery.canonical is None:
        delivery.called = Called(Outcome.MAPPING_FAILED, reason="The event's payload is gone: its retention ended.")
        return
    try:
        if delivery.step.when:
            expression(delivery.step.when).holds(delivery.context)
        body = mapping.apply(delivery.step.lines, delivery.context)
        delivery.new_request = orjson.dumps(body)
    except (MappingFailed, ExpressionFailed, Invalid, orjson.JSONEncodeError) as error:
        delivery.called = Called(Outcome.MAPPING_FAILED, reason=str(error)[:500])
    else:
        delivery.body, delivery.request_id = body, uuid7()


async def _refuse_stale(connection: AsyncConnection, deliveries: Sequence[Delivery]) -> None:
    """Invariant 13: what is older than what we wrote already does not go out."""
    versioned = [d for d in deliveries if d.called is None and d.source_version is not None and d.spec.resource]
    if not versioned:
        return
    columns = [
        [d.destination.instance_id for d in versioned],
        [d.spec.resource for d in versioned],
        [d.source_id for d in versioned],
        [d.resource for d in versioned],
        [d.external_id for d in versioned],
        [d.source_version for d in versioned],
    ]
    for (position,) in await (await connection.execute(statements.NEWER_WRITTEN, columns)).fetchall():
        versioned[position - 1].called = Called(
            Outcome.STALE, reason="A newer version of the same record has been written already."
        )


def _calls(deliveries: Sequence[Delivery]) -> list[list[Delivery]]:
    """Deliveries that may share a call, in calls of the size that the connector takes."""
    groups: dict[tuple[int, str], list[Delivery]] = defaultdict(list)
    for delivery in deliveries:
        groups[delivery.destination.id, delivery.step.operation].append(delivery)
    calls = []
    for group in groups.values():
        size = max(1, group[0].spec.batch)
        calls += [group[start : start + size] for start in range(0, len(group), size)]
    return calls


async def _call(outward: Outward, deliveries: Sequence[Delivery], until: float) -> None:
    operations = [_operation(delivery) for delivery in deliveries]
    results = await outward.call(deliveries[0].destination, operations, until)
    for delivery, called in zip(deliveries, results, strict=True):
        delivery.called = called
        metrics.DELIVERY_SECONDS.observe(called.ms / 1000)


def _operation(delivery: Delivery) -> Operation:
    spec = delivery.spec
    again = delivery.attempts > 0
    age = (clock.now() - delivery.first_tried_at).total_seconds() if delivery.first_tried_at else 0.0
    return Operation(
        name=delivery.step.operation,
        body=delivery.body or {},
        key=delivery.key,
        takeover=again,
        key_expired=again and spec.key_lifetime is not None and age > spec.key_lifetime,
        headers={"traceparent": TraceContext(delivery.correlation_id).traceparent()},
    )
