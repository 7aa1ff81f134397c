"""From the inbox to transactions: claim a batch, judge each event, write everything in one transaction.

A batch is claimed in a short transaction, judged outside it, and finished with the lease's token as a
fence: if another worker took it over meanwhile, nothing of ours is written.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
from django.conf import settings
from psycopg import AsyncCursor
from psycopg.types.json import Jsonb

from connectors.interface import Connector
from controlplane.foundation import metrics
from controlplane.foundation.arrays import bigints, smallints, texts, uuids
from controlplane.foundation.database import AsyncConnection
from controlplane.foundation.ids import moment, uuid7
from controlplane.foundation.logs import logger
from controlplane.transactions.pipeline import canaries, copies, identities, rows, statements, storing
from controlplane.transactions.pipeline.catalogue import Catalogue, Snapshot, Source
from controlplane.transactions.pipeline.drafts import (
    Arrived,
    Draft,
    InboxRow,
    KnownWrite,
    Quarantined,
    RecordKey,
    quarantined,
)
from controlplane.transactions.pipeline.intake import judge
from controlplane.transactions.pipeline.queueing import enqueue
from controlplane.transactions.pipeline.reading import arrive, source_of
from controlplane.transactions.pipeline.straight import Ready, Straight, Taken
from controlplane.transactions.pipeline.turns import Turns

log = logger(__name__)

BATCH = 200
#: A row that brought its worker down this often is set aside unread.
MAX_TRIES = 5
#: Bytes of bodies in a batch, unless one event alone has more: what is understood of them takes some twenty times as
#: much memory, until all of it is written.
MOST_BYTES = 4 * 1024 * 1024
#: The database will not have it, however often it is tried: a value that does not fit, not a database that is away.
UNSTORABLE = (psycopg.DataError, psycopg.IntegrityError, psycopg.errors.ProgramLimitExceeded, UnicodeError)
#: The database chose this transaction to end, so that another one goes on: nothing is wrong with what it wrote.
GAVE_WAY = (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure)
#: Times that a batch is written before it is left to its lease.
MOST_TIMES = 3


async def process_batch(
    connection: AsyncConnection, catalogue: Catalogue, *, batch: int = BATCH, straight: Straight | None = None
) -> int:
    """Process up to ``batch`` inbox rows, fewer of large ones; returns how many were taken.

    What can be delivered at once goes ``straight`` to the deliveries of this process.
    """
    token = uuid4()
    rows = await _claim(connection, token, batch)
    if not rows:
        return 0
    endpoints = {row.endpoint_id for row in rows if row.endpoint_id is not None}
    book = _Book(connection, await catalogue.snapshot_async(with_endpoints=endpoints), token, straight)
    for together in await _set_apart(connection, rows, token):
        await _process(book, together)
    return len(rows)


@dataclass(frozen=True, slots=True)
class _Book:
    """Where a batch is written, and under which lease."""

    connection: AsyncConnection
    snapshot: Snapshot
    token: UUID
    straight: Straight | None


async def _process(book: _Book, rows: Sequence[InboxRow]) -> None:
    arrived, unreadable = await _arrive_all(rows, book.snapshot)
    held = await _hold(book.connection, arrived, book.token)
    arrived = [one for one in arrived if one.row.id not in held]
    known = await _known_writes(book.connection, arrived)
    drafts = unreadable + await _judge_all(arrived, book.snapshot, known)
    if drafts:
        await _write(book, drafts)


async def _set_apart(connection: AsyncConnection, rows: Sequence[InboxRow], token: UUID) -> list[list[InboxRow]]:
    """Rows that are new, together; then one that was tried before, alone: it may be what ended its worker.

    The other suspects go back and have their turn. So only the culprit's tries grow, and only it is set aside.
    """
    fresh = [row for row in rows if row.tries == 1]
    suspects = [row for row in rows if row.tries > 1]
    if len(suspects) > 1:
        await connection.execute(statements.HAND_BACK_INBOX, [[row.id for row in suspects[1:]], token])
    return [part for part in (fresh, suspects[:1]) if part]


async def _claim(connection: AsyncConnection, token: UUID, batch: int) -> list[InboxRow]:
    cursor = await connection.execute(statements.CLAIM_INBOX, [batch, settings.LEASE_SECONDS, token], binary=True)
    if not (claimed := await cursor.fetchall()):
        return []
    claimed.sort(key=lambda row: (row[4], row[0].int))  # by lane: where there is too much, the urgent go first
    # What somebody edited before it was released is judged instead of what was received.
    wanted = [uuids([row[6] or row[0] for row in claimed]), smallints([row[3] for row in claimed])]
    cursor = await connection.execute(statements.BODIES, [*wanted, MOST_BYTES, MOST_BYTES], binary=True)
    bodies = {row[0]: row[1:] for row in await cursor.fetchall()}
    rows, too_much = [], []
    for identifier, endpoint_id, sync, retention, lane, tries, edited in claimed:
        fits, headers, content_type, body = bodies.get(edited or identifier, (True, {}, "", b""))
        if not fits:
            too_much.append(identifier)
            continue
        read = (dict(headers), content_type, bytes(body))
        rows.append(InboxRow(identifier, endpoint_id, sync, retention, lane, tries, *read, edited))
    if too_much:
        await connection.execute(statements.HAND_BACK_INBOX, [too_much, token])
    return sorted(rows, key=lambda row: row.id.int)


async def _arrive_all(rows: Sequence[InboxRow], snapshot: Snapshot) -> tuple[list[Arrived], list[Draft]]:
    arrived: list[Arrived] = []
    unreadable: list[Draft] = []
    turns = Turns()
    for row in rows:
        await turns.give()
        try:
            _refuse_poison(row)
            arrived += arrive(row, snapshot)
        except Quarantined as error:
            unreadable.append(quarantined(row, _known_source(row, snapshot), error))
        except Exception as error:
            log.exception("processing.defect", transaction_id=str(row.id))
            failure = Quarantined("defect", f"It could not be read: {type(error).__name__}.")
            unreadable.append(quarantined(row, _known_source(row, snapshot), failure))
    return arrived, unreadable


def _refuse_poison(row: InboxRow) -> None:
    if row.tries > MAX_TRIES:
        raise Quarantined("poison", f"Processing it ended its worker {MAX_TRIES} times; it was set aside.")


def _known_source(row: InboxRow, snapshot: Snapshot) -> Source:
    """The row's source; for one that is not configured any more, what its envelope says."""
    try:
        return source_of(row, snapshot)
    except (Quarantined, LookupError):
        envelope: Mapping[str, Any] = row.sync or {}
        return Source(envelope.get("integration", 0), envelope.get("interface", 0), 0, 1, None, Connector)


async def _hold(connection: AsyncConnection, arrived: Sequence[Arrived], token: UUID) -> set[UUID]:
    """Events whose cause may be a write of ours that has no outcome yet: they come back in a moment.

    Must be asked before :func:`_known_writes`: a write that is not in flight any more has been noted.
    """
    keyed = [one for one in arrived if one.record_key is not None]
    if not keyed:
        return set()
    cursor = await connection.execute(statements.WRITES_IN_FLIGHT, [settings.LEASE_SECONDS] * 2)
    flying = {(instance_id, resource): claimed_at for instance_id, resource, claimed_at in await cursor.fetchall()}
    held = {one.row.id for one in keyed if _may_be_caused(one, flying)}
    if held:
        await connection.execute(statements.POSTPONE_INBOX, [list(held), token])
    return held


def _may_be_caused(one: Arrived, flying: Mapping[tuple[int, str], datetime]) -> bool:
    claimed_at = flying.get((one.source.instance_id, one.event.resource))
    return claimed_at is not None and claimed_at <= moment(one.row.id)


async def _known_writes(connection: AsyncConnection, arrived: Sequence[Arrived]) -> dict[RecordKey, KnownWrite]:
    keys = {one.record_key for one in arrived if one.record_key is not None}
    if not keys:
        return {}
    cursor = await connection.execute(statements.WRITTEN, _columns_of(keys))
    return {(row[0], row[1], row[2]): KnownWrite(row[3], row[4]) for row in await cursor.fetchall()}


def _columns_of(keys: Iterable[RecordKey]) -> list[Any]:
    instances, resources, external_ids = zip(*keys, strict=True)
    return [bigints(instances), texts(resources), texts(external_ids)]


async def _judge_all(
    arrived: Sequence[Arrived], snapshot: Snapshot, known: Mapping[RecordKey, KnownWrite]
) -> list[Draft]:
    drafts: list[Draft] = []
    seen: set[UUID] = set()
    turns = Turns()
    for one in arrived:
        await turns.give()
        written = known.get(one.record_key) if one.record_key else None
        first = one.row.id not in seen
        seen.add(one.row.id)
        try:
            drafts += judge(one, snapshot, written, first)
        except Exception as error:
            log.exception("processing.defect", transaction_id=str(one.row.id))
            failure = Quarantined("defect", f"It could not be processed: {type(error).__name__}.")
            drafts.append(quarantined(one.row, one.source, failure, one.row.id if first else uuid7()))
    return drafts


async def _write(book: _Book, drafts: Sequence[Draft]) -> None:
    """Write what came of a batch; if the database refuses it, row by row, so that one costs only itself."""
    try:
        await _write_together(book, drafts)
    except UNSTORABLE as error:
        rows: dict[UUID, list[Draft]] = {}
        for draft in drafts:
            rows.setdefault(draft.row.id, []).append(draft)
        log.warning("processing.row_by_row", rows=len(rows), error=type(error).__name__)
        for of_row in rows.values():
            await _write_alone(book, of_row)


async def _write_alone(book: _Book, drafts: Sequence[Draft]) -> None:
    """Write one row's drafts, or that they could not be; if not even that, the row stays in the inbox."""
    row, source = drafts[0].row, drafts[0].source
    try:
        await _write_together(book, drafts)
    except UNSTORABLE as error:
        log.exception("processing.defect", transaction_id=str(row.id))
        failure = Quarantined("defect", f"What came of it could not be stored: {type(error).__name__}.")
        with contextlib.suppress(*UNSTORABLE):
            await _write_together(book, [quarantined(row, source, failure)])


async def _write_together(book: _Book, drafts: Sequence[Draft]) -> None:
    """All of it in one transaction; one that gave way to somebody else's is tried again at once."""
    for _ in range(MOST_TIMES - 1):
        try:
            return await _write_once(book, drafts)
        except GAVE_WAY as error:
            log.warning("processing.again", drafts=len(drafts), error=type(error).__name__)
    return await _write_once(book, drafts)


async def _write_once(book: _Book, drafts: Sequence[Draft]) -> None:
    async with book.connection.transaction(), book.connection.cursor(binary=True) as cursor:
        await cursor.execute(statements.FINISH_INBOX, [uuids(list({draft.row.id for draft in drafts})), book.token])
        ours = {row[0] for row in await cursor.fetchall()}
        kept = [draft for draft in drafts if draft.row.id in ours]
        if len(kept) < len(drafts):
            metrics.FENCED.inc(len(drafts) - len(kept))
            log.warning("processing.fenced", drafts=len(drafts) - len(kept))
        if not kept:
            return
        ready = await _insert(cursor, kept, book.snapshot)
        taken = await _queue(cursor, ready, book.straight)
    if book.straight is not None and taken is not None:
        await book.straight.carry(taken)
    for state, count in Counter(draft.state for draft in kept).items():
        metrics.EVENTS_PROCESSED.labels(state.name.lower()).inc(count)


async def _queue(cursor: AsyncCursor[Any], ready: Sequence[Ready], straight: Straight | None) -> Taken | None:
    if straight is not None:
        return await straight.queue(cursor, ready)
    await enqueue(cursor, [one.queued for one in ready])
    return None


async def _insert(cursor: AsyncCursor[Any], drafts: Sequence[Draft], snapshot: Snapshot) -> list[Ready]:
    await copies.TRANSACTION.copy(cursor, (rows.transaction(draft) for draft in drafts))
    await copies.KEY.copy(cursor, sorted((k, v, d.id) for d in drafts for k, v in d.keys))
    await copies.PAYLOAD.copy(cursor, (rows.canonical(draft) for draft in drafts if draft.canonical is not None))
    await copies.SUBJECT.copy(cursor, rows.subjects(drafts, snapshot))
    await copies.TRACE.copy(cursor, ((uuid7(), d.id, Jsonb(rows.spans(d), dumps=storing.jsonb)) for d in drafts))
    await copies.OBSERVED.copy(cursor, (rows.observed(d, *d.observed) for d in drafts if d.observed is not None))
    ready: list[Ready] = []
    step_rows = [row for draft in drafts for row in rows.step_runs(draft, snapshot, ready)]
    await copies.STEP_RUN.copy(cursor, step_rows)
    # In the order in which outcomes are written (``finishing``): names, marks, those who are woken.
    woken = await identities.learn_from_events(cursor, drafts)
    await _forget_marks(cursor, drafts)
    await identities.wake(cursor, woken)
    await canaries.count(cursor, drafts)
    return ready


async def _forget_marks(cursor: AsyncCursor[Any], drafts: Sequence[Draft]) -> None:
    """What somebody edited after us is not our echo any more, even if it is edited back (invariant 13)."""
    edits = {
        draft.record_key: draft
        for draft in drafts
        if draft.record_key is not None and draft.reason not in {"echo", "stale"}
    }
    if edits:
        received = [moment(draft.row.id) for draft in edits.values()]
        await cursor.execute(statements.FORGET_MARKS, [*_columns_of(edits), received])
