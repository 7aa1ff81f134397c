"""What came of a batch of deliveries, written in one transaction behind the lease's fence.

Attempts, bodies, step runs, the queue, echo marks, learned keys, dead letters and what may begin next
commit together; a worker whose lease has passed on writes nothing (invariant 3). Locks are taken in one
order everywhere: queue rows by id, then transactions by id.
"""

from __future__ import annotations

import os
import socket
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from django.conf import settings
from psycopg import AsyncCursor

from controlplane.foundation import metrics
from controlplane.foundation.arrays import bigints, booleans, smallints, texts, uuids
from controlplane.foundation.database import AsyncConnection
from controlplane.foundation.expressions import BadExpression, ExpressionFailed, expression
from controlplane.foundation.ids import uuid7
from controlplane.foundation.logs import logger
from controlplane.transactions.models import PayloadKind, ReplayItemState
from controlplane.transactions.pipeline import (
    copies,
    health,
    identities,
    looking_up,
    owning,
    statements,
    stopped,
    storing,
)
from controlplane.transactions.pipeline.advancing import advance
from controlplane.transactions.pipeline.catalogue import Catalogue, Snapshot
from controlplane.transactions.pipeline.deliveries import Delivery
from controlplane.transactions.pipeline.ended import MAX_REASON, Ended, conclude
from controlplane.transactions.pipeline.intake import key_texts
from controlplane.transactions.pipeline.outward import Called
from controlplane.transactions.pipeline.queueing import promote
from controlplane.transactions.rules import fingerprints
from controlplane.transactions.rules.retry import decide
from controlplane.transactions.rules.states import Outcome, StepState

log = logger(__name__)

HOST = socket.gethostname()
#: The database could not be reached or gave way to somebody else: the outcomes are not to blame.
AWAY = (psycopg.OperationalError, psycopg.InterfaceError, OSError)


async def finish(connection: AsyncConnection, catalogue: Catalogue, deliveries: Sequence[Delivery]) -> int:
    """Write what came of deliveries, of one claim or of several; returns how many step runs became ready by it.

    One without an outcome is left to its lease.

    Raises one of ``AWAY`` when the database is away: nothing is written then, and it may be
    called again. An outcome that cannot be written for itself costs only its own step run: one of which not even that
    can be written is left to its lease.
    """
    ended = [conclude(delivery, delivery.called) for delivery in deliveries if delivery.called is not None]
    if not ended:
        return 0
    snapshot = await catalogue.snapshot_async()
    book = _Book(connection, catalogue, snapshot)
    try:
        return await book.write(ended)
    except Exception as error:
        if _is_away(error):
            raise
        log.warning("delivery.one_by_one", step_runs=len(ended), error=type(error).__name__)
        return sum([await book.write_alone(one) for one in ended])


def _is_away(error: Exception) -> bool:
    return isinstance(error, AWAY) and not isinstance(error, psycopg.errors.ProgramLimitExceeded)


@dataclass(frozen=True, slots=True)
class _Book:
    """Where outcomes are written."""

    connection: AsyncConnection
    catalogue: Catalogue
    snapshot: Snapshot

    async def write(self, ended: Sequence[Ended]) -> int:
        """All of them in one transaction, behind the fence."""
        claims = [one.delivery.claim for one in ended]
        columns = [uuids([claim.step_run_id for claim in claims]), uuids([claim.token for claim in claims])]
        async with self.connection.transaction(), self.connection.cursor(binary=True) as cursor:
            await cursor.execute(statements.FENCE, columns)
            held = await cursor.fetchall()
            ours = await stopped.not_again(cursor, [ended[place - 1] for place in sorted(row[0] for row in held)])
            ready = await self._write_ours(cursor, ours, {row[1] for row in held if row[1] is not None})
            await health.note(cursor, ours, {row[2]: bool(row[3]) for row in held})
        _count(ended, ours)
        return ready

    async def _write_ours(self, cursor: AsyncCursor[Any], ours: Sequence[Ended], ordering_keys: set[int]) -> int:
        if not ours:
            return 0
        settled = [one for one in ours if one.settled]
        await _write_bodies(cursor, ours)
        await _write_attempts(cursor, ours)
        await _write_step_runs(cursor, ours)
        await _settle_queue(cursor, ours)
        woken = await identities.write(cursor, ours)
        await looking_up.remember(cursor, ours)
        await _write_marks(cursor, ours)
        await owning.write(cursor, ours)
        await _learn_keys(cursor, ours, self.snapshot.kinds)
        await _bury(cursor, [one for one in ours if one.state is StepState.DEAD])
        again = await _settle_replays(cursor, settled)
        stands = [one for one in ours if one.settled or one.state is StepState.WAITING]
        ready = await advance(cursor, self.catalogue, self.snapshot, stands, again)
        ready += await identities.wake(cursor, woken)
        # Last, so that a step that has just become ready takes its place in the order first.
        return ready + await promote(cursor, sorted(ordering_keys))

    async def write_alone(self, one: Ended) -> int:
        """One outcome; when it cannot be stored, that it was not. Never again is what was sent sent for that reason."""
        try:
            return await self.write([one])
        except Exception as error:
            if _is_away(error):
                raise
            log.exception("delivery.unstorable", step_run_id=str(one.delivery.claim.step_run_id))
            return await self._write_unstorable(one, error)

    async def _write_unstorable(self, one: Ended, why: Exception) -> int:
        """That it could not be stored; when not even that can be, its lease is left to end, and it costs no other."""
        called = Called(
            Outcome.CONTRACT_BROKEN,
            one.called.ms,
            reason=f"It was carried out, but what came of it could not be stored: {type(why).__name__}.",
            calls=one.called.calls,
        )
        try:
            return await self.write([Ended(one.delivery, called, decide(called.outcome, one.delivery.claim.tries))])
        except Exception as error:
            if _is_away(error):
                raise
            log.exception("delivery.unfinished", step_run_id=str(one.delivery.claim.step_run_id))
            return 0


def _count(ended: Sequence[Ended], ours: Sequence[Ended]) -> None:
    for outcome, count in Counter(one.called.outcome for one in ours).items():
        metrics.ATTEMPTS.labels(outcome.name.lower()).inc(count)
    if len(ours) < len(ended):
        metrics.FENCED.inc(len(ended) - len(ours))
        log.warning("delivery.fenced", step_runs=len(ended) - len(ours), seconds=settings.LEASE_SECONDS)


async def _write_bodies(cursor: AsyncCursor[Any], ended: Sequence[Ended]) -> None:
    rows: list[tuple[Any, ...]] = []
    for one in ended:
        delivery, called = one.delivery, one.called
        common = (delivery.claim.transaction_id, delivery.claim.step_run_id, "application/json")
        if delivery.new_request is not None:
            kind = int(PayloadKind.REQUEST)
            rows.append((delivery.request_id, delivery.retention, kind, *common, delivery.new_request))
        if one.response_id is not None:
            body = called.receipt.response if called.receipt else called.body
            rows.append((one.response_id, delivery.retention, int(PayloadKind.RESPONSE), *common, body))
    await copies.PAYLOAD.copy(cursor, rows)


async def _write_attempts(cursor: AsyncCursor[Any], ended: Sequence[Ended]) -> None:
    worker = f"{HOST}:{os.getpid()}"  # a worker's twin is a fork of it
    await copies.ATTEMPT.copy(
        cursor,
        (
            (
                uuid7(),
                one.delivery.claim.step_run_id,
                one.delivery.attempts + 1,
                one.delivery.began_at,
                one.called.ms,
                int(one.called.outcome),
                one.called.status,
                one.called.calls,
                one.delivery.revision,
                one.reason,
                worker,
                one.delivery.claim.token,
            )
            for one in ended
        ),
    )


async def _write_step_runs(cursor: AsyncCursor[Any], ended: Sequence[Ended]) -> None:
    await cursor.execute(
        statements.FINISH_STEP_RUNS,
        [
            uuids([one.delivery.claim.step_run_id for one in ended]),
            smallints([one.state for one in ended]),
            uuids([one.delivery.request_id for one in ended]),
            uuids([one.response_id for one in ended]),
            texts([storing.text(one.called.receipt.external_id) if one.called.receipt else "" for one in ended]),
            texts([_result(one.called) for one in ended]),
            texts([one.error_class for one in ended]),
            texts([one.reason for one in ended]),
            booleans([one.settled for one in ended]),
        ],
    )


def _result(called: Called) -> str | None:
    return None if called.result is None else storing.jsonb(called.result)


async def _settle_queue(cursor: AsyncCursor[Any], ended: Sequence[Ended]) -> None:
    gone = [one.delivery.claim.step_run_id for one in ended if one.settled]
    later = [one for one in ended if not one.settled]
    if later:
        columns = [
            uuids([one.delivery.claim.step_run_id for one in later]),
            [one.decision.delay for one in later],
            smallints([one.decision.tries or one.delivery.claim.tries for one in later]),
        ]
        await cursor.execute(statements.RETRY_LATER, columns)
    if gone:
        await cursor.execute(statements.DEQUEUE, [uuids(gone)])


async def _write_marks(cursor: AsyncCursor[Any], ended: Sequence[Ended]) -> None:
    """What we wrote, to know it again when the system reports it back (invariant 13)."""
    rows = []
    for one in ended:
        delivery, receipt = one.delivery, one.called.receipt
        if receipt is None or not (receipt.external_id and receipt.record and (resource := delivery.spec.resource)):
            continue
        volatile = delivery.destination.connector.volatile.get(resource, frozenset())
        fingerprint = fingerprints.of_record(receipt.record, volatile)
        rows.append(
            (
                delivery.destination.instance_id,
                resource,
                storing.text(receipt.external_id),
                fingerprint,
                storing.bigint(receipt.version),
                delivery.source_id,
                delivery.resource,
                delivery.external_id,
                delivery.source_version,
                delivery.claim.step_run_id,
            )
        )
    if rows:
        await cursor.execute(statements.WRITE_WRITTEN, [list(column) for column in zip(*rows, strict=True)])


async def _learn_keys(cursor: AsyncCursor[Any], ended: Sequence[Ended], kinds: dict[str, int] | Any) -> None:
    """Ids that the destination gave, so that the transaction is found by them too."""
    rows = {
        (kinds[kind], text, one.delivery.claim.transaction_id)
        for one in ended
        for kind, value in _learned(one)
        if kind in kinds
        for text in key_texts(value)
    }
    if rows:
        await cursor.execute(statements.LEARN_KEYS, [list(column) for column in zip(*sorted(rows), strict=True)])


def _learned(one: Ended) -> list[tuple[str, Any]]:
    receipt, step = one.called.receipt, one.delivery.step
    if receipt is None:
        return []
    learned: list[tuple[str, Any]] = list(receipt.keys)
    if step.keys:
        result = {"external_id": receipt.external_id, "record": dict(receipt.record)}
        context = {**one.delivery.context, "result": result}
        for kind, source in step.keys:
            try:
                learned.append((kind, expression(source).evaluate(context)))
            except (ExpressionFailed, BadExpression) as error:
                log.info("delivery.key_not_found", kind=kind, step=step.name, reason=error.reason)
    return learned


async def _bury(cursor: AsyncCursor[Any], dead: Sequence[Ended]) -> None:
    if not dead:
        return
    rows = [
        (
            one.delivery.claim.step_run_id,
            one.delivery.claim.transaction_id,
            one.delivery.integration_id,
            one.delivery.claim.destination_id,
            fingerprints.of_failure(
                one.delivery.integration_id, one.delivery.step.name, one.called.error_class, one.called.reason
            ),
            one.error_class,
            one.reason,
            one.delivery.step.required,
            uuid7(),
            one.delivery.request_id,
            one.delivery.retention,
        )
        for one in dead
    ]
    await cursor.execute(statements.BURY, [list(column) for column in zip(*rows, strict=True)])
    log.warning("delivery.dead", step_runs=len(dead), error_class=dead[0].called.error_class)


async def _resolve_letters(cursor: AsyncCursor[Any], delivered: Sequence[Delivery]) -> None:
    """Dead letters that waited for these successes: of the same step runs, or of older events of their records."""
    if not delivered:
        return
    columns = [
        uuids([delivery.claim.step_run_id for delivery in delivered]),
        texts([delivery.external_id for delivery in delivered]),
        bigints([delivery.claim.destination_id for delivery in delivered]),
    ]
    await cursor.execute(statements.AWAITED, columns)
    if not (awaited := {row[0] for row in await cursor.fetchall()}):
        return
    claims = [delivery.claim for delivery in delivered if delivery.claim.step_run_id in awaited]
    good = [claim.step_run_id for claim in claims]
    await cursor.execute(statements.RESOLVE, [good])
    await cursor.execute(statements.SUPERSEDE, [good, [claim.transaction_id for claim in claims]])


async def _settle_replays(cursor: AsyncCursor[Any], settled: Sequence[Ended]) -> set[UUID]:
    """Resolve dead letters that a later success supersedes, and report to the replay that asked.

    Returns the transactions in which a replayed step has succeeded now.
    """
    replayed = [one for one in settled if one.delivery.replayed]
    await _resolve_letters(cursor, [one.delivery for one in settled if one.state is StepState.SUCCEEDED])
    if not replayed:
        return set()
    if stale := [one.delivery.claim.step_run_id for one in replayed if one.called.outcome is Outcome.STALE]:
        await cursor.execute(statements.LEAVE_TO_NEWER, [stale])
    await cursor.execute(
        statements.SETTLE_REPLAY_ITEMS,
        [
            [one.delivery.claim.step_run_id for one in replayed],
            [int(_item_state(one)) for one in replayed],
            [storing.text(_item_result(one)) for one in replayed],
        ],
    )
    items = await cursor.fetchall()
    if replays := sorted({replay_id for replay_id, _, _ in items}):
        await cursor.execute(statements.LOCK_REPLAYS, [replays])
        await cursor.execute(statements.FINISH_REPLAYS, [replays])
    return {transaction_id for _, transaction_id, state in items if state == ReplayItemState.SUCCEEDED}


def _item_state(one: Ended) -> ReplayItemState:
    good = one.state in {StepState.SUCCEEDED, StepState.SKIPPED}
    return ReplayItemState.SUCCEEDED if good else ReplayItemState.FAILED


def _item_result(one: Ended) -> str:
    if one.called.outcome is Outcome.FOUND:
        return "Already there: an earlier try had landed."
    return one.called.reason[:MAX_REASON] or one.called.outcome.label
