"""From the claim to the destinations: map, call, hand over to finishing.

Everything of a claim is called at once on the worker's event loop. Batches to one operation share a call
where the connector takes several.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

import orjson

from connectors.messages import Operation
from controlplane.foundation import clock, metrics
from controlplane.foundation.database import AsyncConnection
from controlplane.foundation.errors import Invalid
from controlplane.foundation.expressions import ExpressionFailed, expression
from controlplane.foundation.ids import uuid7
from controlplane.foundation.logs import logger
from controlplane.foundation.trace_context import TraceContext
from controlplane.transactions.pipeline import asking, looking_up, owning, pacing
from controlplane.transactions.pipeline import claim_statements as statements
from controlplane.transactions.pipeline.deliveries import Claimed, Delivery
from controlplane.transactions.pipeline.former import with_former
from controlplane.transactions.pipeline.outward import Called, Outward
from controlplane.transactions.pipeline.pacing import Reserve
from controlplane.transactions.rules import mapping
from controlplane.transactions.rules.mapping import MappingFailed
from controlplane.transactions.rules.states import Outcome

log = logger(__name__)

#: Takes deliveries that have their outcome.
HandOver = Callable[[Sequence[Delivery]], None]


async def carry_out(connection: AsyncConnection, outward: Outward, claimed: Claimed) -> None:
    """Map and call everything in the batch; each delivery then has its ``called``."""
    await make_ready(connection, claimed)
    await send(outward, claimed, partial(pacing.reserve, connection), lambda _: None)


async def make_ready(connection: AsyncConnection, claimed: Claimed) -> None:
    """Give each delivery its body, or why it is not to be sent."""
    for delivery in claimed.deliveries:
        delivery.began_at = clock.now()
        if delivery.called is None:
            _prepare(delivery)
            owning.judge(delivery)
    await asking.make_ready(connection, claimed.deliveries)
    await _refuse_stale(connection, claimed.deliveries)


async def send(outward: Outward, claimed: Claimed, reserve: Reserve, hand_over: HandOver) -> None:
    """Call the destinations with what is ready; takes as long as the slowest of them.

    Each call's outcomes are handed over as it ends, so that none waits for another's. Where there is a rate, each call
    waits for its slot; ``reserve`` takes new ones for those that missed theirs.

    Not after the lease: this process may have stood still, and somebody else may be sending the same.
    """
    calls = _calls([delivery for delivery in claimed.deliveries if delivery.called is None])
    if time.monotonic() >= claimed.until:
        log.warning("delivery.too_late", step_runs=sum(map(len, calls)))
        return
    await asyncio.gather(*(_call(outward, claimed, deliveries, reserve, hand_over) for deliveries in calls))


def _prepare(delivery: Delivery) -> None:
    """Give the delivery its body, by its mapping unless an earlier try had one."""
    if delivery.body is not None or delivery.step.question is not None:
        return
    if delivery.canonical is None:
        delivery.called = Called(Outcome.MAPPING_FAILED, reason="The event's payload is gone: its retention ended.")
        return
    try:
        if delivery.step.when:
            expression(delivery.step.when).holds(delivery.context)
        body = mapping.apply(delivery.step.lines, delivery.context)
        if (lines := delivery.flow.downgrades.get(delivery.step.contract)) is not None:
            body = with_former(body, lines)
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
    """Deliveries that may share a call, in calls of the size that the connector takes; the same question is one."""
    groups: dict[tuple[int, str, UUID | None], list[Delivery]] = defaultdict(list)
    for delivery in deliveries:
        groups[delivery.destination.id, delivery.step.operation, looking_up.same_question(delivery)].append(delivery)
    calls = []
    for (_, _, question), group in groups.items():
        size = max(1, group[0].spec.batch) if question is None else len(group)
        calls += [group[start : start + size] for start in range(0, len(group), size)]
    return calls


async def _call(
    outward: Outward, claimed: Claimed, deliveries: Sequence[Delivery], reserve: Reserve, hand_over: HandOver
) -> None:
    if not await pacing.turn(claimed, deliveries, reserve):
        log.warning("delivery.too_late", step_runs=len(deliveries))
        return
    if deliveries[0].step.question is not None:
        await looking_up.ask(outward, claimed, deliveries)
        hand_over(deliveries)
        return
    operations = [_operation(delivery) for delivery in deliveries]
    results = await outward.call(deliveries[0].destination, operations, claimed.until)
    for delivery, called in zip(deliveries, results, strict=True):
        delivery.called = called
        metrics.DELIVERY_SECONDS.observe(called.ms / 1000)
    hand_over(deliveries)


def _operation(delivery: Delivery) -> Operation:
    again = delivery.attempts > 0
    return Operation(
        name=delivery.step.operation,
        body=delivery.body or {},
        key=delivery.key,
        takeover=again,
        key_expired=again and _key_expired(delivery),
        headers={"traceparent": TraceContext(delivery.correlation_id).traceparent()},
    )


def _key_expired(delivery: Delivery) -> bool:
    """Whether the destination may have forgotten the key that the first try had."""
    lifetime = delivery.spec.key_lifetime
    age = (clock.now() - delivery.first_tried_at).total_seconds() if delivery.first_tried_at else 0.0
    return lifetime is not None and age > lifetime
