"""From processing straight to delivering: what was just processed is claimed in the transaction that queues it.

Where a destination is well, has room, keeps no rate, and nothing waits for it, a step run need not be looked for: it is
queued under a lease of this worker and carried out with all that is known of it. Everything else is queued as ever, and
so is what comes while something waits: nobody is overtaken. A worker that vanishes leaves a lease like any other.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.conf import settings
from psycopg import AsyncCursor

from controlplane.foundation.arrays import bigints, smallints, texts, uuids
from controlplane.foundation.ids import moment
from controlplane.transactions.pipeline import statements, storing
from controlplane.transactions.pipeline.catalogue import LiveFlow
from controlplane.transactions.pipeline.claiming import context_of
from controlplane.transactions.pipeline.deliveries import NOTHING, Claim, Claimed, Delivery
from controlplane.transactions.pipeline.drafts import Draft, correlation_of
from controlplane.transactions.pipeline.queueing import Queued, enqueue
from controlplane.transactions.pipeline.room import Room

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


@dataclass(frozen=True, slots=True)
class Straight:
    """The deliveries of this process, as processing sees them."""

    room: Room
    begin: Begin

    async def queue(self, cursor: AsyncCursor[Any], ready: Sequence[Ready]) -> Claimed:
        """Queue all of it, and claim what can begin at once.

        Last in the caller's transaction: the rows of destinations stay locked until its end, and who holds one may wait
        for nothing else.
        """
        since = time.monotonic()
        well = await self._well(cursor, {one.queued.destination.id for one in ready if one.is_plain})
        candidates: list[Ready] = []
        others: list[Ready] = []
        for one in ready:
            (candidates if one.is_plain and one.queued.destination.id in well else others).append(one)
        await enqueue(cursor, [one.queued for one in others])
        if not candidates:
            return NOTHING
        token = uuid4()
        await cursor.execute(statements.ENQUEUE_CLAIMED, self._columns(candidates, well, token))
        taken = {row[0] for row in await cursor.fetchall()}
        deliveries = [_delivery(one, token) for one in candidates if one.queued.step_run_id in taken]
        return Claimed(deliveries, since, since + settings.LEASE_SECONDS)

    async def _well(self, cursor: AsyncCursor[Any], destinations: set[int]) -> dict[int, int]:
        """The destinations that can be claimed for, locked, with this process's room for each."""
        room = {one: left for one in destinations if (left := self.room.left_for(one))}
        if not room:
            return {}
        await cursor.execute(statements.LOCK_WELL, [bigints(sorted(room))])
        return {row[0]: room[row[0]] for row in await cursor.fetchall()}

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
