"""From the claim to the destinations: map, call, hand over to finishing.

Everything of a claim is called at once on the worker's event loop. Batches to one operation share a call
where the connector takes several.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import orjson
import psycopg

from connectors.messages import Effect, Operation
from controlplane.foundation import clock, metrics
from controlplane.foundation.database import AsyncConnection
from controlplane.foundation.errors import Invalid
from controlplane.foundation.expressions import ExpressionFailed, expression
from controlplane.foundation.ids import uuid7
from controlplane.foundation.logs import logger
from controlplane.foundation.trace_context import TraceContext
from controlplane.transactions.pipeline import asking, looking_up, owning
from controlplane.transactions.pipeline import claim_statements as statements
from controlplane.transactions.pipeline.deliveries import Claimed, Delivery
from controlplane.transactions.pipeline.former import with_former
from controlplane.transactions.pipeline.outward import Called, Outward, TooLate
from controlplane.transactions.pipeline.pacing import Slots, needed, turn
from controlplane.transactions.pipeline.turns import Turns
from controlplane.transactions.rules import mapping
from controlplane.transactions.rules.mapping import MappingFailed
from controlplane.transactions.rules.states import Outcome

log = logger(__name__)

#: The database will not be asked that, however often it is tried.
UNANSWERABLE = (psycopg.DataError, psycopg.IntegrityError, psycopg.errors.ProgramLimitExceeded)

#: Takes deliveries that have their outcome.
HandOver = Callable[[Sequence[Delivery]], None]


async def carry_out(connection: AsyncConnection, outward: Outward, claimed: Claimed) -> None:
    """Map and call everything in the batch; each delivery then has its ``called``."""
    alone = asyncio.Lock()

    @asynccontextmanager
    async def lend() -> AsyncIterator[AsyncConnection]:
        async with alone:  # calls that are given back together each have a transaction
            yield connection

    await make_ready(connection, claimed)
    await send(outward, claimed, Slots(lend), lambda _: None)


async def make_ready(connection: AsyncConnection, claimed: Claimed) -> None:
    """Give each delivery its body, or why it is not to be sent. One that makes this fail costs only itself.

    Raises what the database failed with when no delivery is to blame.
    """
    try:
        await _make_ready(connection, claimed.deliveries)
    except Exception as error:
        if not _is_of_what_was_asked(error):
            raise
        log.warning("delivery.ready_one_by_one", step_runs=len(claimed.deliveries), error=type(error).__name__)
        for delivery in claimed.deliveries:
            await _make_ready_alone(connection, delivery)
        _leave_to_the_newest(_versioned(claimed.deliveries))


async def _make_ready(connection: AsyncConnection, deliveries: Sequence[Delivery]) -> None:
    """All that are not ready yet; may be called again when it failed."""
    turns = Turns()
    for delivery in deliveries:
        await turns.give()
        delivery.began_at = clock.now()
        if delivery.called is None:
            _prepare(delivery)
            owning.judge(delivery)
    await asking.make_ready(connection, deliveries)
    await _refuse_stale(connection, deliveries)


async def _make_ready_alone(connection: AsyncConnection, delivery: Delivery) -> None:
    try:
        await _make_ready(connection, [delivery])
    except Exception as error:
        if not _is_of_what_was_asked(error):
            raise
        log.exception("delivery.not_ready", step_run_id=str(delivery.claim.step_run_id))
        reason = f"It could not be made ready: {type(error).__name__}. Nothing was sent."
        delivery.called = Called(Outcome.MAPPING_FAILED, reason=reason)


def _is_of_what_was_asked(error: Exception) -> bool:
    """Whether a value is to blame, or a defect of ours; not the database, which may be away, upgraded or in a hurry."""
    return isinstance(error, UNANSWERABLE) or not isinstance(error, psycopg.Error | OSError)


async def send(outward: Outward, claimed: Claimed, slots: Slots, hand_over: HandOver) -> None:
    """Call the destinations with what is ready; takes as long as the slowest of them.

    Each call's outcomes are handed over as it ends, so that none waits for another's. Where there is a rate, each call
    waits for its slot; ``slots`` has new ones for those that missed theirs, and takes back what can begin only when too
    little of the lease is left.

    Not after the lease: this process may have stood still, and somebody else may be sending the same.

    Raises what the first call failed with that could not get a slot, once all of them have come to their end: what is
    under way is never left alone.
    """
    calls = _calls([delivery for delivery in claimed.deliveries if delivery.called is None])
    if time.monotonic() >= claimed.until:
        log.warning("delivery.too_late", step_runs=sum(map(len, calls)))
        return
    under_way = (_call(outward, claimed, deliveries, slots, hand_over) for deliveries in calls)
    for ended in await asyncio.gather(*under_way, return_exceptions=True):
        if ended is not None:
            raise ended


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
    """Invariant 13: what is older than what we wrote already, or are about to write, does not go out."""
    if not (versioned := _versioned(deliveries)):
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
    _leave_to_the_newest(_versioned(versioned))


def _versioned(deliveries: Sequence[Delivery]) -> list[Delivery]:
    """Those that are to be sent, of records that have versions."""
    return [
        d for d in deliveries if d.called is None and d.source_version is not None and d.spec.resource and d.external_id
    ]


def _leave_to_the_newest(versioned: Sequence[Delivery]) -> None:
    """Of a record's versions that one step would send side by side, only the newest goes: any of them could land last.

    Other steps bring other things of the record; theirs goes out, whatever its version.
    """
    newest: dict[tuple[Any, ...], int] = {}
    for delivery in versioned:
        key, version = _step_and_record(delivery), delivery.source_version or 0
        newest[key] = max(newest.get(key, version), version)
    for delivery in versioned:
        if (delivery.source_version or 0) < newest[_step_and_record(delivery)]:
            delivery.called = Called(
                Outcome.STALE, reason="A newer version of the same record was sent at the same time, in its place."
            )


def _step_and_record(delivery: Delivery) -> tuple[Any, ...]:
    step = delivery.integration_id, delivery.step.name, delivery.destination.id
    return (*step, delivery.source_id, delivery.resource, delivery.external_id)


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
    outward: Outward, claimed: Claimed, deliveries: Sequence[Delivery], slots: Slots, hand_over: HandOver
) -> None:
    try:
        in_time = await turn(claimed, deliveries, slots)
        if in_time:
            await _carry_out(outward, claimed, deliveries)
    except TooLate:
        in_time = False
    if in_time:
        hand_over(deliveries)
        return
    await slots.give_back(deliveries)
    log.info("delivery.given_back", destination=deliveries[0].destination.slug, step_runs=len(deliveries))


async def _carry_out(outward: Outward, claimed: Claimed, deliveries: Sequence[Delivery]) -> None:
    if deliveries[0].step.question is not None:
        await looking_up.ask(outward, claimed, deliveries)
        return
    destination, operations = deliveries[0].destination, [_operation(delivery) for delivery in deliveries]
    results = await outward.call(destination, operations, claimed.until, needed(destination))
    for delivery, called in zip(deliveries, results, strict=True):
        delivery.called = called
        metrics.DELIVERY_SECONDS.observe(called.ms / 1000)


def _operation(delivery: Delivery) -> Operation:
    return Operation(
        name=delivery.step.operation,
        body=delivery.body or {},
        key=delivery.key,
        takeover=_takeover(delivery),
        key_expired=_key_expired(delivery),
        headers={"traceparent": TraceContext(delivery.correlation_id).traceparent()},
    )


def _takeover(delivery: Delivery) -> bool:
    """Whether an earlier try may have landed: under this key, or under any where the destination knows none."""
    if delivery.sent_at is not None:
        return True
    return delivery.sent_before and delivery.spec.effect is not Effect.KEYED


def _key_expired(delivery: Delivery) -> bool:
    """Whether the destination may have forgotten the key since it was first sent."""
    if delivery.sent_at is None:
        return False
    lifetime, age = delivery.spec.key_lifetime, (clock.now() - delivery.sent_at).total_seconds()
    return lifetime is not None and age > lifetime
