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
from psycopg.rows import dict_row

from controlplane.foundation import clock, metrics
from controlplane.foundation.arrays import uuids
from controlplane.foundation.database import AsyncConnection
from controlplane.foundation.ids import moment, uuid7, uuid7_floor
from controlplane.foundation.logs import logger
from controlplane.foundation.partitions import WEEK
from controlplane.transactions.pipeline import claim_statements as statements
from controlplane.transactions.pipeline.catalogue import Catalogue, KnownDestination, LiveFlow
from controlplane.transactions.pipeline.deliveries import NOTHING, Claim, Claimed, Delivery
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
    token, until = uuid4(), time.monotonic() + settings.LEASE_SECONDS
    async with connection.transaction():
        cursor = await connection.execute(statements.CLAIM_DESTINATIONS, [rate.HORIZON, list(busy)])
        destinations = [row[0] for row in await cursor.fetchall()]
        if not destinations:
            return NOTHING
        asked = time.monotonic()
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
            binary=True,
        )
        claims = [Claim(token, *row) for row in await cursor.fetchall()]
        since = time.monotonic()
        await record_takeovers(connection, claims)
    if not claims:
        return NOTHING
    return Claimed(await load(connection, catalogue, claims), since, until, since - asked)


async def record_takeovers(connection: AsyncConnection, claims: Sequence[Claim]) -> None:
    """Record which of these a worker vanished with, in the transaction that claims them (invariant 4)."""
    lost = [claim for claim in claims if claim.lost_token is not None]
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


async def load(connection: AsyncConnection, catalogue: Catalogue, claims: Sequence[Claim]) -> list[Delivery]:
    """All that is needed to carry out what was claimed."""
    async with connection.cursor(row_factory=dict_row, binary=True) as cursor:
        await cursor.execute(statements.LOAD_STEPS, _asked_for(claims))
        rows = {row.pop("step_run_id"): row for row in await cursor.fetchall()}
    await _forget_orphans(connection, [claim for claim in claims if claim.step_run_id not in rows])
    snapshot = await catalogue.snapshot_async(with_destinations={claim.destination_id for claim in claims})
    deliveries = [
        _delivery(row, claim, await catalogue.flow_async(row.pop("flow_version_id")), destination)
        for claim in claims
        if (row := rows.get(claim.step_run_id)) is not None
        and (destination := snapshot.destinations.get(claim.destination_id)) is not None
    ]
    # First come, first sent.
    deliveries.sort(key=lambda one: (one.claim.wait or 0.0, one.event_id, one.claim.step_run_id))
    await _give_histories(connection, deliveries)
    await _give_requests(connection, deliveries)
    await _give_contexts(connection, deliveries)
    return deliveries


def _asked_for(claims: Sequence[Claim]) -> list[Any]:
    """The parameters of ``statements.LOAD_STEPS``. An event may have waited long before it was made canonical."""
    runs, transactions = [claim.step_run_id for claim in claims], [claim.transaction_id for claim in claims]
    first, last = min(transactions), max(transactions)
    payloads = uuid7_floor(moment(first) - WEEK), uuid7_floor(clock.now() + WEEK)
    return [uuids(runs), uuids(transactions), min(runs), max(runs), first, last, *payloads]


def _delivery(row: dict[str, Any], claim: Claim, flow: LiveFlow, destination: KnownDestination) -> Delivery:
    delivery = Delivery(claim=claim, flow=flow, step=flow.step(row.pop("name")), destination=destination, **row)
    if flow.defect:
        delivery.called = Called(Outcome.NOT_SUPPORTED, reason=f"{flow.defect} Nothing was sent.")
    return delivery


async def _give_histories(connection: AsyncConnection, deliveries: Sequence[Delivery]) -> None:
    """Whether and when they were sent before; what too many workers have vanished with is not tried again."""
    again = [delivery for delivery in deliveries if delivery.attempts > 0]
    if not again:
        return
    columns = [
        [d.claim.step_run_id for d in again],
        [d.attempts for d in again],
        [d.claim.tries for d in again],
        [d.revision for d in again],
    ]
    rows = await (await connection.execute(statements.TRIED, columns)).fetchall()
    tried: dict[UUID, Sequence[Any]] = {step_run_id: told for step_run_id, *told in rows}
    for delivery in again:
        known, lost, sent_before, sent_at = tried.get(delivery.claim.step_run_id, (0, 0, False, None))
        if known < delivery.attempts:  # a try of which nothing is known any more was as early as it can have been
            sent_before, sent_at = True, moment(delivery.claim.step_run_id)
        delivery.sent_before, delivery.sent_at = sent_before, sent_at
        if delivery.called is None and delivery.claim.lost_token is not None and lost >= MAX_LOST:
            reason = f"{MAX_LOST} workers vanished while they carried it out; it was set aside."
            delivery.called = Called(Outcome.TAKEN_OVER, reason=reason)


async def _forget_orphans(connection: AsyncConnection, gone: Sequence[Claim]) -> None:
    if gone:
        columns = [[claim.step_run_id for claim in gone], [claim.token for claim in gone]]
        await connection.execute(statements.FORGET_ORPHANS, columns)
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
        _give_context(delivery, results[delivery.claim.transaction_id])


def _give_context(delivery: Delivery, results: Mapping[str, Any]) -> None:
    """What cannot be put together must not hold up all that was claimed with it, again and again.

    A try after the first has its body already.
    """
    try:
        delivery.context = context_of(
            delivery.flow,
            delivery.canonical,
            results,
            transaction_id=delivery.claim.transaction_id,
            event_id=delivery.event_id,
            correlation_id=delivery.correlation_id,
        )
    except Exception as error:
        log.exception("delivery.unreadable", step_run_id=str(delivery.claim.step_run_id))
        if delivery.called is None and delivery.body is None:
            reason = f"What it is made of could not be read: {type(error).__name__}. Nothing was sent."
            delivery.called = Called(Outcome.MAPPING_FAILED, reason=reason)


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
