"""What may begin now: the flow's next steps, and the transaction's own state, after steps have settled.

The transaction's row is locked first, so that two workers that finish two needs of one step at the same
time do not both wait for the other: the second sees what the first has done.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg import AsyncCursor

from controlplane.foundation.arrays import booleans, smallints, texts, uuids
from controlplane.foundation.expressions import ExpressionFailed
from controlplane.foundation.ids import uuid7
from controlplane.transactions.pipeline import question_statements, statements
from controlplane.transactions.pipeline.catalogue import Catalogue, LiveFlow, Snapshot
from controlplane.transactions.pipeline.claiming import context_of
from controlplane.transactions.pipeline.ended import Ended
from controlplane.transactions.pipeline.intake import step_holds
from controlplane.transactions.pipeline.queueing import Queued, columns_of, deadlines_of, ordering_key
from controlplane.transactions.rules import fingerprints
from controlplane.transactions.rules.flow import Moves, Step, next_moves, skipped_by_when, transaction_state
from controlplane.transactions.rules.states import StepKind, StepState, TransactionState


@dataclass(slots=True)
class Standing:
    """A transaction and where its step runs stand."""

    id: UUID
    flow: LiveFlow
    retention: int
    lane: int
    event_id: UUID
    canonical_id: UUID | None
    correlation_id: UUID
    integration_id: int
    endpoint_id: int | None
    canonical: bytes | None = None
    runs: dict[str, UUID] = field(default_factory=dict)
    states: dict[str, StepState] = field(default_factory=dict)
    results: dict[str, Any] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    nowhere: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)

    def context(self) -> dict[str, Any]:
        """What conditions of its steps can read."""
        return context_of(
            self.flow,
            self.canonical,
            self.results,
            transaction_id=self.id,
            event_id=self.event_id,
            correlation_id=self.correlation_id,
        )

    def moves(self, destinations: Container[str]) -> Moves:
        """What follows from the states. A step that would go where there is nothing is dead (``unconfigured``)."""
        context: dict[str, Any] = {}

        def holds(step: Step) -> bool:
            if not step.when:
                return True
            if not context:
                context.update(self.context())
            return step_holds(step, context)

        while True:
            moves = next_moves(self.flow.steps, self.states, holds, self.held)
            nowhere = [name for name in moves.enqueue if self.flow.step(name).destination not in destinations]
            if not nowhere:
                return moves
            for name in nowhere:
                self.states[name], self.errors[name] = StepState.DEAD, "unconfigured"
                self.reasons[name] = f"There is no destination {self.flow.step(name).destination!r}."
                self.nowhere.append(name)

    def headline(self, state: TransactionState) -> tuple[str, str]:
        """One line for lists, and the error class behind it."""
        if state is TransactionState.WAITING:
            return f"{self.flow.step(self.held[0]).title}: {self.reasons[self.held[0]]}"[:500], ""
        if state in {TransactionState.DEAD, TransactionState.PARTIAL}:
            for step in self.flow.steps:
                if self.states.get(step.name) is StepState.DEAD:
                    return _failure(self.flow, step, self.reasons[step.name]), self.errors[step.name]
        return self.flow.name, ""


def _failure(flow: LiveFlow, step: Step, reason: str) -> str:
    ordinal = flow.steps.index(step) + 1
    return f"{step.title}, step {ordinal} of {len(flow.steps)}: {reason}"[:500]


#: A transaction, its new state, its headline and the error class behind that.
Moved = tuple[UUID, TransactionState, str, str]


async def advance(
    cursor: AsyncCursor[Any],
    catalogue: Catalogue,
    snapshot: Snapshot,
    ended: Sequence[Ended],
    again: Collection[UUID] = (),
) -> int:
    """Move the transactions of these on within the caller's transaction; returns how many steps became ready.

    In those of ``again`` a replayed step has succeeded: what was skipped because of it waits once more.
    """
    if not ended:
        return 0
    alone: list[Ended] = []
    others: set[UUID] = set()
    for one in ended:
        if _is_alone(one):
            alone.append(one)
        else:
            others.add(one.delivery.claim.transaction_id)
    await _lock(cursor, alone, others)
    standings = await _standings(cursor, catalogue, again) if others else []
    moved = [(standing, standing.moves(snapshot.by_slug)) for standing in standings]
    steps: list[tuple[UUID, int, str, str]] = []
    queued: list[Queued] = []
    for standing, moves in moved:
        steps += [(standing.runs[name], int(StepState.PENDING), "", "") for name in moves.enqueue]
        steps += [(standing.runs[name], int(StepState.SKIPPED), why, "") for name, why in moves.skip.items()]
        steps += [
            (standing.runs[name], int(StepState.DEAD), standing.reasons[name], standing.errors[name])
            for name in standing.nowhere
        ]
        queued += _queued(standing, moves, snapshot)
    await _move_steps(cursor, steps)
    await _bury(cursor, standings)
    await _enqueue(cursor, queued)
    told = [(standing.id, moves.state, *standing.headline(moves.state)) for standing, moves in moved]
    await _move_transactions(cursor, [*told, *map(_end_of, alone)])
    return len(queued)


def _is_alone(one: Ended) -> bool:
    """Whether it alone says where its transaction stands: it is settled, and no other step of its flow is queued."""
    queued = [step for step in one.delivery.flow.steps if step.kind is not StepKind.MAP]
    return one.settled and queued == [one.delivery.step]


def _end_of(one: Ended) -> Moved:
    """What has become of the transaction of one that is alone."""
    transaction_id, flow, step = one.delivery.claim.transaction_id, one.delivery.flow, one.delivery.step
    states = {step.name: one.state}
    state = transaction_state(flow.steps, states, skipped_by_when(flow.steps, states))
    if one.state is StepState.DEAD:
        return transaction_id, state, _failure(flow, step, one.reason), one.error_class
    return transaction_id, state, flow.name, ""


async def _lock(cursor: AsyncCursor[Any], alone: Sequence[Ended], others: Collection[UUID]) -> None:
    """All transactions in one order; the cursor then tells of the others."""
    columns = [
        uuids([*others, *(one.delivery.claim.transaction_id for one in alone)]),
        booleans([True] * len(others) + [False] * len(alone)),
    ]
    await cursor.execute(statements.LOCK_TRANSACTIONS, columns)


async def _standings(cursor: AsyncCursor[Any], catalogue: Catalogue, again: Collection[UUID]) -> list[Standing]:
    """Of the transactions that the cursor tells of."""
    standings = {}
    for row in await cursor.fetchall():
        # One whose flow cannot be read stays as it is until it can.
        if row[1] is not None and not (flow := await catalogue.flow_async(row[1])).defect:
            standings[row[0]] = Standing(row[0], flow, *row[2:])
    if again:
        await cursor.execute(statements.UNSKIP, [list(again)])
    reads = [_reads_results(standing.flow) for standing in standings.values()]
    await cursor.execute(statements.SIBLINGS, [uuids(list(standings)), booleans(reads)])
    for transaction_id, run_id, name, state, result, reason, error_class, is_queued in await cursor.fetchall():
        standing = standings[transaction_id]
        standing.runs[name] = run_id
        standing.states[name] = StepState(state)
        if is_queued and state == StepState.WAITING:
            # In the queue already: not one whose needs are not met yet.
            standing.states[name] = StepState.PENDING
            standing.held.append(name)
        standing.reasons[name], standing.errors[name] = reason, error_class
        if result is not None:
            standing.results[name] = result
    await _give_canonicals(cursor, [s for s in standings.values() if _needs_context(s)])
    return list(standings.values())


def _reads_results(flow: LiveFlow) -> bool:
    """Whether what came of its steps is read to decide which of them may begin, or in which order."""
    return flow.ordering is not None or any(step.when for step in flow.steps)


def _needs_context(standing: Standing) -> bool:
    """Only waiting steps with a condition, or an order to keep, need the event read again."""
    waiting = [step for step in standing.flow.steps if standing.states.get(step.name) is StepState.WAITING]
    return any(step.when for step in waiting) or (bool(waiting) and standing.flow.ordering is not None)


async def _give_canonicals(cursor: AsyncCursor[Any], standings: Sequence[Standing]) -> None:
    if not standings:
        return
    by_id = {standing.id: standing for standing in standings}
    await cursor.execute(
        statements.CANONICALS,
        [list(by_id), [s.canonical_id for s in standings], [s.retention for s in standings]],
    )
    for transaction_id, body in await cursor.fetchall():
        by_id[transaction_id].canonical = bytes(body)


def _queued(standing: Standing, moves: Moves, snapshot: Snapshot) -> list[Queued]:
    queued = []
    for name in moves.enqueue:
        step = standing.flow.step(name)
        destination = snapshot.by_slug[step.destination]
        lane = int(step.lane) if step.lane is not None else standing.lane
        key = ordering_key(destination, standing.flow, _ordering_value(standing))
        run, event, endpoint = standing.runs[name], standing.event_id, standing.endpoint_id
        queued.append(Queued(run, standing.id, destination, step, lane, key, event, endpoint))
    return queued


def _ordering_value(standing: Standing) -> str:
    if standing.flow.ordering is None or standing.canonical is None:
        return ""
    try:
        return str(standing.flow.ordering.evaluate(standing.context()) or "")
    except ExpressionFailed:
        return ""


async def _move_steps(cursor: AsyncCursor[Any], steps: Sequence[tuple[UUID, int, str, str]]) -> None:
    if steps:
        await cursor.execute(statements.MOVE_STEPS, [list(column) for column in zip(*steps, strict=True)])


async def _bury(cursor: AsyncCursor[Any], standings: Sequence[Standing]) -> None:
    """Dead letters of steps that could not even be queued: there is no destination, and no body to pin."""
    rows = []
    for standing in standings:
        for name in standing.nowhere:
            reason, error_class = standing.reasons[name], standing.errors[name]
            cause = fingerprints.of_failure(standing.integration_id, name, error_class, reason)
            required = standing.flow.step(name).required
            row = (
                standing.runs[name],
                standing.id,
                standing.integration_id,
                None,
                cause,
                error_class,
                reason,
                required,
            )
            rows.append((*row, uuid7(), None, standing.retention))
    if rows:
        await cursor.execute(statements.BURY, [list(column) for column in zip(*rows, strict=True)])


async def _enqueue(cursor: AsyncCursor[Any], queued: Sequence[Queued]) -> None:
    if queued:
        await cursor.execute(statements.ENQUEUE, columns_of(queued))
        if deadlines := deadlines_of(queued):
            await cursor.execute(question_statements.SET_DEADLINES, deadlines)


async def _move_transactions(cursor: AsyncCursor[Any], moved: Sequence[Moved]) -> None:
    if moved:
        ids, states, headlines, error_classes = zip(*moved, strict=True)
        columns = [uuids(ids), smallints(states), texts(headlines), texts(error_classes)]
        await cursor.execute(statements.MOVE_TRANSACTIONS, columns)
