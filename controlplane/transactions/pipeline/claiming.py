"""Taking what is due: step runs of several destinations under one lease, and all that they need.

A claim takes what the destinations have room for by their cap, their rate and their breaker.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

import orjson
from django.conf import settings

from controlplane.foundation import metrics
from controlplane.foundation.database import AsyncConnection
from controlplane.foundation.ids import uuid7
from controlplane.foundation.logs import logger
from controlplane.transactions.pipeline import claim_statements as statements
from controlplane.transactions.pipeline.catalogue import Catalogue, KnownDestination, LiveFlow
from controlplane.transactions.pipeline.deliveries import Claim, Claimed, Delivery
from controlplane.transactions.pipeline.intake import with_inline_results
from controlplane.transactions.pipeline.outward import Called
from controlplane.transactions.rules import breaker, rate
from controlplane.transactions.rules.states import Outcome

log = logger(__name__)

#: Step runs of one destination in one claim; the room under its cap may be less.
BATCH = 128
#: In all, for who does not say.
MOST = 1024
#: A step run that so many workers vanished with, one after the other, is set aside.
MAX_LOST = 5


async def claim(
    connection: AsyncConnection, catalogue: Catalogue, *, most: int = MOST, busy: Collection[int] = ()
) -> Claimed:
    """Take what is due and has room, except for ``busy`` destinations; ``most`` in all, shared among the others.

    An empty batch: there is nothing to do now.
    """
    token, since = uuid4(), time.monotonic()
    async with connection.transaction():
        cursor = await connection.execute(statements.CLAIM_DESTINATIONS, [rate.HORIZON, list(busy)])
        destinations = [row[0] for row in await cursor.fetchall()]
        if not destinations:
            return Claimed(token, ())
        cursor = await connection.execute(
            statements.CLAIM_STEPS,
            {
                "destinations": destinations,
                "batch": min(BATCH, max(1, most // len(destinations))),
                "probes": breaker.PROBES,
                "horizon": rate.HORIZON,
                "headroom": rate.HEADROOM,
                "lease": settings.LEASE_SECONDS,
                "token": token,
            },
        )
        claims = [Claim(token, *row) for row in await cursor.fetchall()]
        await _record_takeovers(connection, [claim for claim in claims if claim.lost_token is not None])
    if not claims:
        return Claimed(token, ())
    deliveries = await load(connection, catalogue, claims, token)
    return Claimed(token, deliveries, since, since + settings.LEASE_SECONDS)


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


async def load(
    connection: AsyncConnection, catalogue: Catalogue, claims: Sequence[Claim], token: UUID
) -> list[Delivery]:
    """All that is needed to carry out what was claimed under ``token``."""
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
    # First come, first sent.
    deliveries.sort(key=lambda one: (one.claim.wait or 0.0, one.event_id, one.claim.step_run_id))
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
        replayed=row[8],
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
