"""Making events durable: one statement for all requests that arrived while the previous commit ran.

There is no timer. A writer takes what waits (up to ``BATCH``) the moment it is free, so a lone request commits at
once and a crowd shares its commits. A second one begins when ``MANY`` wait, or when the first is held up: beside it
two halves of a small crowd would cost twice the statements. The statement is TABLES' ingress statement: payload,
de-duplication and inbox rows commit together (invariant 1).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple
from uuid import UUID

import psycopg

from controlplane.foundation.arrays import bigints, blobs, smallints, texts, uuids
from controlplane.foundation.database import AsyncConnection, connect_async
from controlplane.foundation.doorbell import ring
from controlplane.foundation.ids import uuid7
from controlplane.foundation.logs import logger
from controlplane.transactions.ingress.patience import Patience, look_for_ever
from controlplane.transactions.rules.states import Lane

log = logger(__name__)

WRITERS = 2
BATCH = 128
#: Waiting events that are worth a second commit beside the one that is under way.
MANY = 20
BATCH_BYTES = 8 * 1024 * 1024
MAX_WAITING = 4096
#: Longer than this no sender is kept waiting for a commit.
SETTLE_SECONDS = 10.0


class Overloaded(Exception):
    """More waits than memory should hold; nothing was accepted."""


class NotDurable(Exception):
    """The database did not confirm the commit; the sender must try again, and a repeat is harmless."""


class Accepted(NamedTuple):
    """A verified event on its way into the database."""

    id: UUID
    endpoint_id: int
    key_digest: UUID
    body_digest: UUID
    retention: int
    lane: int
    content_type: str
    headers: str
    body: bytes


class Stored(NamedTuple):
    """What the database said: the event's id, which is an earlier one's when it ``repeats`` that."""

    id: UUID
    repeats: bool
    conflict: bool


#: Gives those only that were not stored, with the first of their key.
_STORE = """
with input as materialized (
  select * from unnest(%b::bigint[], %b::uuid[], %b::uuid[], %b::uuid[], %b::smallint[], %b::smallint[],
    %b::text[], %b::text[], %b::bytea[]) with ordinality
  i(endpoint_id, key_digest, id, body_digest, retention, lane, content_type, headers, body, ord)),
fresh as (
  insert into dedupe (endpoint_id, key_digest, transaction_id, body_digest)
  select distinct on (endpoint_id, key_digest) endpoint_id, key_digest, id, body_digest from input
  order by endpoint_id, key_digest, ord
  on conflict (endpoint_id, key_digest) do nothing returning *),
stored as (
  insert into payload (id, retention, kind, transaction_id, content_type, headers, body)
  select i.id, i.retention, 0, i.id, i.content_type, i.headers::jsonb, i.body
  from input i join fresh f on f.transaction_id = i.id),
queued as (
  insert into inbox (transaction_id, endpoint_id, retention, lane)
  select i.id, i.endpoint_id, i.retention, i.lane from input i join fresh f on f.transaction_id = i.id)
select i.ord, coalesce(f.transaction_id, d.transaction_id), coalesce(f.body_digest, d.body_digest)
from input i left join fresh f using (endpoint_id, key_digest)
left join lateral (
  select transaction_id, body_digest from dedupe d where f.transaction_id is null
  and d.endpoint_id = i.endpoint_id and d.key_digest = i.key_digest) d on true
where f.transaction_id is distinct from i.id
"""

#: A row that comes back without an id lost a race to a commit that its snapshot could not see.
_LOOK_UP = "select transaction_id, body_digest from dedupe where endpoint_id = %s and key_digest = %s"

_REPEATS = """
with input as materialized (
  select * from unnest(%b::uuid[], %b::uuid[], %b::bigint[], %b::smallint[], %b::uuid[], %b::smallint[],
    %b::text[], %b::text[], %b::bytea[])
  i(id, first_id, endpoint_id, kind, body_digest, retention, content_type, headers, body)),
kept as (
  insert into payload (id, retention, kind, transaction_id, content_type, headers, body)
  select id, retention, 5, first_id, content_type, headers::jsonb, body from input where kind = 1)
insert into transactions_repeat (id, transaction_id, endpoint_id, kind, at, body_digest, retention, payload_id)
select id, first_id, endpoint_id, kind, now(), body_digest, retention, case when kind = 1 then id end from input
"""

#: Hears what the database said; None: nothing was confirmed.
Told = Callable[[Stored | None], None]


class Waiting:
    """An event that waits for its commit. Its sender is told once, whatever comes later."""

    __slots__ = ("_told", "event")

    def __init__(self, event: Accepted, told: Told) -> None:
        self.event = event
        self._told: Told | None = told

    @property
    def is_over(self) -> bool:
        """Whether the sender was told."""
        return self._told is None

    def tell(self, found: Stored | None) -> None:
        """Tell the sender, unless that has been done. Never raises: the others of its batch are to be told as well."""
        told, self._told = self._told, None
        if told is not None:
            try:
                told(found)
            except Exception:
                log.exception("ingress.defect", stage="answer")

    def give_up(self) -> None:
        """Tell the sender that nothing was confirmed."""
        self.tell(None)


class Batches:
    """Requests that wait for a commit, and the writers that make it."""

    def __init__(self) -> None:
        self._waiting: deque[Waiting] = deque()
        self._worth_it = asyncio.Event()
        self._busy = 0
        self._stopping = False
        self._patience: Patience[Waiting] = Patience(SETTLE_SECONDS, Waiting.give_up)
        self._writers: list[asyncio.Task[None]] = []
        self._looking: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """How many events wait for a writer."""
        return len(self._waiting)

    def start(self) -> None:
        """Start the writers."""
        if not self._writers:
            self._stopping = False
            self._writers = [asyncio.create_task(self._write(), name=f"ingress writer {n}") for n in range(WRITERS)]
            self._looking = asyncio.create_task(look_for_ever(self._look), name="ingress patience")

    async def stop(self) -> None:
        """Finish what waits and what is under way, then stop."""
        self._stopping = True
        self._worth_it.set()
        await asyncio.gather(*self._writers)
        self._writers = []
        if self._looking is not None:
            self._looking.cancel()

    def add(self, event: Accepted, told: Told) -> None:
        """Make ``event`` durable; ``told`` hears of it, never before this returns. Raises :class:`Overloaded`."""
        if len(self._waiting) >= MAX_WAITING:
            raise Overloaded
        waiting = Waiting(event, told)
        self._waiting.append(waiting)
        if not self._busy or len(self._waiting) >= MANY:
            self._worth_it.set()
        self._patience.begin(waiting)

    async def store(self, event: Accepted) -> Stored:
        """Wait until ``event`` is durable. Raises :class:`Overloaded` or :class:`NotDurable`."""
        done: asyncio.Future[Stored | None] = asyncio.get_running_loop().create_future()
        self.add(event, lambda found: None if done.done() else done.set_result(found))
        found = await done
        if found is None:
            raise NotDurable
        return found

    def _look(self) -> None:
        """Who has waited too long is told so and let go of, and a writer that is held up gets help."""
        self._patience.look()
        # Nobody may come to take them for long, and their bodies take memory that the next senders are promised.
        while self._waiting and self._waiting[0].is_over:
            self._waiting.popleft()
        if self._waiting:
            self._worth_it.set()

    def _take(self) -> list[Waiting]:
        """The next batch, without those whose senders were told already that they waited in vain."""
        taken: list[Waiting] = []
        size = 0
        while self._waiting and len(taken) < BATCH and size < BATCH_BYTES:
            waiting = self._waiting.popleft()
            if not waiting.is_over:
                taken.append(waiting)
                size += len(waiting.event.body)
        return taken

    async def _write(self) -> None:
        """One writer: takes what waits, settles it, and opens its connection anew when it was lost."""
        connection: AsyncConnection | None = None
        try:
            while self._waiting or not self._stopping:
                if self._busy or not self._waiting:
                    await self._worth_it.wait()
                batch = self._take()
                if not self._stopping:
                    self._worth_it.clear()
                if batch:
                    self._busy += 1
                    try:
                        connection = await _settle_with(connection, batch)
                    finally:
                        self._busy -= 1
                        for waiting in batch:
                            self._patience.end(waiting)
        finally:
            await _close(connection)


async def _settle_with(connection: AsyncConnection | None, batch: Sequence[Waiting]) -> AsyncConnection | None:
    """Settle a batch; gives the connection to go on with, none after a failure."""
    try:
        async with asyncio.timeout(SETTLE_SECONDS):
            if connection is None or connection.closed:
                connection = await connect_async()
            await _settle(connection, batch)
    except (psycopg.Error, OSError) as error:
        log.warning("ingress.not_durable", error=type(error).__name__, requests=len(batch))
    except Exception:
        # A writer that ended here would leave every later request waiting.
        log.exception("ingress.defect", stage="batch")
    else:
        return connection
    finally:
        for waiting in batch:
            waiting.give_up()
    await _close(connection)
    return None


async def _settle(connection: AsyncConnection, batch: Sequence[Waiting]) -> None:
    """Make the events durable, tell those who wait, and keep a receipt of each that was known already."""
    stored = await _store(connection, [waiting.event for waiting in batch])
    settled = list(zip(batch, stored, strict=True))
    for waiting, found in settled:
        if not found.repeats:
            waiting.tell(found)
    for lane in {waiting.event.lane for waiting, found in settled if not found.repeats}:
        ring("process", Lane(lane).name.lower())
    repeats = [(waiting.event, found) for waiting, found in settled if found.repeats]
    if repeats:
        await _keep_repeats(connection, repeats)
    for waiting, found in settled:
        waiting.tell(found)


async def _store(connection: AsyncConnection, events: Sequence[Accepted]) -> list[Stored]:
    columns = [
        bigints([e.endpoint_id for e in events]),
        uuids([e.key_digest for e in events]),
        uuids([e.id for e in events]),
        uuids([e.body_digest for e in events]),
        smallints([e.retention for e in events]),
        smallints([e.lane for e in events]),
        texts([e.content_type for e in events]),
        texts([e.headers for e in events]),
        blobs([e.body for e in events]),
    ]
    rows = await (await connection.execute(_STORE, columns, binary=True)).fetchall()
    stored = [Stored(event.id, repeats=False, conflict=False) for event in events]
    for ordinal, first_id, first_digest in rows:
        event = events[ordinal - 1]
        known = (first_id, first_digest) if first_id is not None else await _winner(connection, event)
        stored[ordinal - 1] = Stored(known[0], repeats=True, conflict=known[1] != event.body_digest)
    return stored


async def _winner(connection: AsyncConnection, event: Accepted) -> tuple[UUID, UUID]:
    """The first of that key: id and body digest."""
    cursor = await connection.execute(_LOOK_UP, [event.endpoint_id, event.key_digest])
    row = await cursor.fetchone()
    if row is None:  # it was purged between the two statements
        raise psycopg.OperationalError("the event's id could not be settled")
    return row[0], row[1]


async def _keep_repeats(connection: AsyncConnection, repeats: Sequence[tuple[Accepted, Stored]]) -> None:
    await connection.execute(
        _REPEATS,
        [
            [uuid7() for _ in repeats],
            [stored.id for _, stored in repeats],
            [event.endpoint_id for event, _ in repeats],
            [int(stored.conflict) for _, stored in repeats],
            [event.body_digest for event, _ in repeats],
            [event.retention for event, _ in repeats],
            [event.content_type for event, _ in repeats],
            [event.headers for event, _ in repeats],
            [event.body if stored.conflict else b"" for event, stored in repeats],
        ],
    )


async def _close(connection: AsyncConnection | None) -> None:
    if connection is not None:
        with contextlib.suppress(psycopg.Error, OSError):
            await connection.close()
