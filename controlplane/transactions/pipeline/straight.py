"""From processing straight to delivering: what was just processed is claimed in the transaction that queues it.

Where a destination is well, has room, keeps no rate, and nothing waits for it, a step run need not be looked for: it is
queued under a lease of this worker and carried out with all that is known of it. Everything else is queued as ever, and
so is what comes while something waits: nobody is overtaken. A worker that vanishes leaves a lease like any other.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import psycopg
from django.conf import settings
from psycopg import AsyncCursor

from controlplane.foundation.arrays import bigints, smallints, texts, uuids
from controlplane.foundation.ids import moment
from controlplane.transactions.pipeline import statements, storing
from controlplane.transactions.pipeline.catalogue import LiveFlow
from controlplane.transactions.pipeline.claiming import context_of
from controlplane.transactions.pipeline.deliveries import Claim, Claimed, Delivery
from controlplane.transactions.pipeline.drafts import Draft, correlation_of
from controlplane.transactions.pipeline.queueing import Queued, enqueue
from controlplane.transactions.pipeline.room import Room
from controlplane.transactions.pipeline.turns import Turns

#: How long somebody else's claim for the same destination is waited for: most commit in a fraction of it. What is not
#: had by then is queued; who holds it may have been stopped, and everything that was processed with it would wait.
PATIENCE = "20ms"

#: Takes what was claimed, and carries it out.
Begin = Callable[[Claimed], None]


class Ready(NamedTuple):
    """A step run that may begin, the draft of its transaction, and that one's flow."""

    queued: Queued
    draft: Draft
    flow: LiveFlow

    @property
    def is_plain(self) -> bool:
        """Whether nothing has to be known first: what goes before it in its order, or how long it may ask."""
        return self.queued.ordering_key is None and self.queued.step.question is None


class Taken(NamedTuple):
    """What was claimed as it was queued, by which lease, and since when by this process's monotonic clock."""

    ready: Sequence[Ready]
    token: UUID
    since: float


@dataclass(frozen=True, slots=True)
class Straight:
    """The deliveries of this process, as processing sees them."""

    room: Room
    begin: Begin

    async def queue(self, cursor: AsyncCursor[Any], ready: Sequence[Ready]) -> Taken | None:
        """Queue all of it, and claim what can begin at once; None when nothing can.

        Last in the caller's transaction: the rows of destinations stay locked until its end, and who holds one waits
        for nothing else but, for a moment, another one.
        """
        since = time.monotonic()
        well = await self._well(cursor, Counter(one.queued.destination.id for one in ready if one.is_plain))
        candidates: list[Ready] = []
        others: list[Ready] = []
        for one in ready:
            (candidates if one.is_plain and one.queued.destination.id in well else others).append(one)
        await enqueue(cursor, [one.queued for one in others])
        if not candidates:
            return None
        token = uuid4()
        await cursor.execute(statements.ENQUEUE_CLAIMED, self._columns(candidates, well, token))
        taken = {row[0] for row in await cursor.fetchall()}
        return Taken([one for one in candidates if one.queued.step_run_id in taken], token, since)

    async def carry(self, taken: Taken) -> None:
        """Begin with what was taken, once that is committed: reading large events holds up nobody's transaction."""
        turns = Turns()
        deliveries = []
        for one in taken.ready:
            await turns.give()
            deliveries.append(_delivery(one, taken.token))
        if deliveries:
            self.begin(Claimed(deliveries, taken.since, taken.since + settings.LEASE_SECONDS))

    async def _well(self, cursor: AsyncCursor[Any], wanted: Mapping[int, int]) -> dict[int, int]:
        """The destinations that can be claimed for, locked, with its share of this process's room for each."""
        roomy = self.room.shared(wanted)
        if not roomy:
            return {}
        held = await _destinations(cursor, statements.LOCK_WELL, roomy)
        if others := await _destinations(cursor, statements.WELL, roomy.keys() - held):
            held |= await _wait_for(cursor, others)
        return self.room.shared({one: wanted[one] for one in held})

    def _columns(self, candidates: Sequence[Ready], well: dict[int, int], token: UUID) -> list[Any]:
        """The parameters of ``statements.ENQUEUE_CLAIMED``."""
        queued = [one.queued for one in candidates]
        return [
            bigints(list(well)),
            bigints(list(well.values())),
            uuids([one.step_run_id for one in queued]),
            uuids([one.transaction_id for one in queued]),
            bigints([one.destination.id for one in queued]),
            smallints([one.lane for one in queued]),
            texts([one.resource for one in queued]),
            settings.LEASE_SECONDS,
            token,
        ]


async def _destinations(cursor: AsyncCursor[Any], statement: str, asked: Iterable[int]) -> set[int]:
    if not (sought := sorted(asked)):
        return set()
    await cursor.execute(statement, [bigints(sought)])
    return {row[0] for row in await cursor.fetchall()}


async def _wait_for(cursor: AsyncCursor[Any], destinations: set[int]) -> set[int]:
    """All of them, once whoever holds them has committed; none if that takes long: it may have been stopped."""
    try:
        async with cursor.connection.transaction():
            await cursor.execute(f"set local lock_timeout = '{PATIENCE}'")
            held = await _destinations(cursor, statements.AWAIT_WELL, destinations)
            await cursor.execute("set local lock_timeout to default")
    except psycopg.errors.LockNotAvailable:
        return set()
    return held


def _delivery(one: Ready, token: UUID) -> Delivery:
    """As ``claiming.load`` would have read it, from what it was written of."""
    queued, draft, flow = one
    event, correlation_id = draft.event, correlation_of(draft.row).trace_id
    context = context_of(
        flow, draft.canonical, {}, transaction_id=draft.id, event_id=draft.row.id, correlation_id=correlation_id
    )
    return Delivery(
        claim=Claim(token, queued.step_run_id, draft.id, queued.destination.id, 1, None, moment(draft.row.id), None),
        flow=flow,
        step=queued.step,
        destination=queued.destination,
        attempts=0,
        revision=0,
        retention=draft.row.retention,
        request_id=None,
        replayed=False,
        event_id=draft.row.id,
        correlation_id=correlation_id,
        source_id=draft.source.instance_id,
        resource=storing.text(event.resource) if event else "",
        external_id=storing.text(event.external_id) if event else "",
        source_version=storing.bigint(event.version) if event else None,
        integration_id=flow.integration_id,
        canonical=draft.canonical,
        context=context,
    )
