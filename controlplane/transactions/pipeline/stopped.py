"""What a worker held when its replay was stopped: that try ends by itself, and is not followed by another one.

What it gives back untried is withdrawn, as stopping would have done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg import AsyncCursor

from controlplane.foundation.arrays import booleans, smallints, uuids
from controlplane.transactions.pipeline import statements, stopping_statements
from controlplane.transactions.pipeline.catalogue import LiveFlow
from controlplane.transactions.pipeline.deliveries import Delivery
from controlplane.transactions.pipeline.ended import Ended
from controlplane.transactions.pipeline.queueing import promote
from controlplane.transactions.rules.flow import skipped_by_when, transaction_state
from controlplane.transactions.rules.retry import Decision, Verdict
from controlplane.transactions.rules.states import StepState

_AGAIN = frozenset({StepState.PENDING, StepState.UNKNOWN})


async def not_again(cursor: AsyncCursor[Any], ended: Sequence[Ended]) -> list[Ended]:
    """The same; of a stopped replay, what would be tried again waits for a person instead.

    The replays stay locked: one that is being stopped just now either counts here, or finds what is put back.
    """
    if not any(one.delivery.replayed and one.state in _AGAIN for one in ended):
        return list(ended)
    stopped = await _of_stopped(cursor, [one.delivery for one in ended])
    return [_dead(one) if one.state in _AGAIN and one.delivery.claim.step_run_id in stopped else one for one in ended]


async def withdraw(cursor: AsyncCursor[Any], given_back: Sequence[Delivery]) -> None:
    """Withdraw those of stopped replays, in the transaction that gave them back.

    A replay that is stopped only after that finds them without a lease, and withdraws them itself.
    """
    if not any(delivery.replayed for delivery in given_back):
        return
    if not (stopped := await _of_stopped(cursor, given_back)):
        return
    await cursor.execute(stopping_statements.WITHDRAW_GIVEN_BACK, [uuids(sorted(stopped))])
    rows = await cursor.fetchall()
    flows = {delivery.claim.transaction_id: delivery.flow for delivery in given_back}
    await _settle(cursor, {transaction_id: flows[transaction_id] for transaction_id, _ in rows})
    await promote(cursor, sorted({key for _, key in rows if key is not None}))


async def _of_stopped(cursor: AsyncCursor[Any], deliveries: Sequence[Delivery]) -> set[UUID]:
    """The step runs of stopped replays among these; all their replays stay locked."""
    replayed = [delivery.claim.step_run_id for delivery in deliveries if delivery.replayed]
    await cursor.execute(stopping_statements.OF_STOPPED_REPLAYS, [uuids(replayed)])
    return {step_run_id for step_run_id, is_stopped in await cursor.fetchall() if is_stopped}


async def _settle(cursor: AsyncCursor[Any], flows: Mapping[UUID, LiveFlow]) -> None:
    """Give transactions the state that their step runs make of them, as ``transactions.settle`` does for verbs."""
    ids, none = list(flows), booleans([False] * len(flows))
    await cursor.execute(statements.LOCK_TRANSACTIONS, [uuids(ids), none])
    await cursor.execute(statements.SIBLINGS, [uuids(ids), none])
    states: dict[UUID, dict[str, StepState]] = {transaction_id: {} for transaction_id in ids}
    held: dict[UUID, set[str]] = {transaction_id: set() for transaction_id in ids}
    for transaction_id, _, name, state, *_, is_queued in await cursor.fetchall():
        states[transaction_id][name] = StepState(state)
        if is_queued and state == StepState.WAITING:
            held[transaction_id].add(name)
    settled = [
        transaction_state(flows[one].steps, states[one], skipped_by_when(flows[one].steps, states[one]), held[one])
        for one in ids
    ]
    await cursor.execute(stopping_statements.SETTLE_TRANSACTIONS, [uuids(ids), smallints(settled)])


def _dead(one: Ended) -> Ended:
    return Ended(one.delivery, one.called, Decision(Verdict.DEAD), one.response_id)
