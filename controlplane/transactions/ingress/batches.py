"""Making events durable: one statement for all requests that arrived while the previous commit ran.

There is no timer. Two writers each take what waits (up to ``BATCH``) the moment they are free, so a
lone request commits at once and a crowd shares its commits. The statement is TABLES' ingress
statement: payload, de-duplication and inbox rows commit together (invariant 1).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import psycopg

from controlplane.foundation.database import AsyncConnection, connect_async
from controlplane.foundation.doorbell import ring
from controlplane.foundation.ids import uuid7
from controlplane.foundation.logs import logger
from controlplane.transactions.rules.states import Lane

log = logger(__name__)

WRITERS = 2
BATCH = 128
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


#: ``%b``: arrays in PostgreSQL's binary form. As text, psycopg looks through every byte of a body for what to escape.
_STORE = """
with input as materialized (
  select * from unnest(%b::int[], %b::bigint[], %b::uuid[], %b::uuid[], %b::uuid[], %b::smallint[], %b::smallint[],
    %b::text[], %b::text[], %b::bytea[])
  i(ord, endpoint_id, key_digest, id, body_digest, retention, lane, content_type, headers, body)),
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

Waiting = tuple[Accepted, "asyncio.Future[Stored]"]


class Batches:
    """Requests that wait for a commit, and the writers that make it."""

    def __init__(self) -> None:
        self._waiting: deque[Waiting] = deque()
        self._arrived = asyncio.Event()
        self._stopping = False
        self._writers: list[asyncio.Task[None]] = []

    @property
    def waiting(self) -> int:
        """How many events wait for a writer."""
        return len(self._waiting)

    def start(self) -> None:
        """Start the writers."""
        if not self._writers:
            self._stopping = False
            self._writers = [asyncio.create_task(self._write(), name=f"ingress writer {n}") for n in range(WRITERS)]

    async def stop(self) -> None:
        """Finish what waits and what is under way, then stop."""
        self._stopping = True
        self._arrived.set()
        await asyncio.gather(*self._writers)
        self._writers = []

    async def store(self, event: Accepted) -> Stored:
        """Wait until ``event`` is durable. Raises :class:`Overloaded` or :class:`NotDurable`."""
        if len(self._waiting) >= MAX_WAITING:
            raise Overloaded
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Stored] = loop.create_future()
        self._waiting.append((event, done))
        self._arrived.set()
        patience = loop.call_later(SETTLE_SECONDS, _give_up, done)
        try:
            return await done
        finally:
            patience.cancel()

    def _take(self) -> list[Waiting]:
        """The next batch, without those whose senders were told already that they waited in vain."""
        taken: list[Waiting] = []
        size = 0
        while self._waiting and len(taken) < BATCH and size < BATCH_BYTES:
            event, done = self._waiting.popleft()
            if not done.done():
                taken.append((event, done))
                size += len(event.body)
        return taken

    async def _write(self) -> None:
        """One writer: takes what waits, settles it, and opens its connection anew when it was lost."""
        connection: AsyncConnection | None = None
        try:
            while self._waiting or not self._stopping:
                await self._arrived.wait()
                batch = self._take()
                if not self._waiting and not self._stopping:
                    self._arrived.clear()
                if batch:
                    connection = await _settle_with(connection, batch)
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
        for _, done in batch:
            _give_up(done)
    await _close(connection)
    return None


async def _settle(connection: AsyncConnection, batch: Sequence[Waiting]) -> None:
    """Make the events durable, tell those who wait, and keep a receipt of each that was known already."""
    stored = await _store(connection, [event for event, _ in batch])
    settled = list(zip(batch, stored, strict=True))
    for (_, done), found in settled:
        if not found.repeats and not done.done():
            done.set_result(found)
    for lane in {event.lane for (event, _), found in settled if not found.repeats}:
        ring("process", Lane(lane).name.lower())
    repeats = [(event, found) for (event, _), found in settled if found.repeats]
    if repeats:
        await _keep_repeats(connection, repeats)
    for (_, done), found in settled:
        if found.repeats and not done.done():
            done.set_result(found)


async def _store(connection: AsyncConnection, events: Sequence[Accepted]) -> list[Stored]:
    columns = [
        list(range(len(events))),
        [e.endpoint_id for e in events],
        [e.key_digest for e in events],
        [e.id for e in events],
        [e.body_digest for e in events],
        [e.retention for e in events],
        [e.lane for e in events],
        [e.content_type for e in events],
        [e.headers for e in events],
        [e.body for e in events],
    ]
    rows = await (await connection.execute(_STORE, columns, binary=True)).fetchall()
    found: dict[int, Stored] = {}
    for number, first_id, first_digest in rows:
        event = events[number]
        known = (first_id, first_digest) if first_id is not None else await _winner(connection, event)
        found[number] = Stored(known[0], known[0] != event.id, known[1] != event.body_digest)
    return [found[number] for number in range(len(events))]


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


def _give_up(done: asyncio.Future[Stored]) -> None:
    """Tell one who still waits that nothing was confirmed."""
    if not done.done():
        done.set_exception(NotDurable())


async def _close(connection: AsyncConnection | None) -> None:
    if connection is not None:
        with contextlib.suppress(psycopg.Error, OSError):
            await connection.close()
