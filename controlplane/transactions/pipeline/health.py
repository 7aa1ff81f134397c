"""What outcomes say about their destination: rest for one that is unwell, a pause for one that asks for it.

Written last in the finishing transaction, and only when there is something to write: a destination that is well
costs no write. The row's lock is held until the commit; claims skip the destination meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg import AsyncCursor

from controlplane.foundation import metrics
from controlplane.foundation.logs import logger
from controlplane.transactions.pipeline import statements
from controlplane.transactions.pipeline.ended import Ended
from controlplane.transactions.pipeline.outward import Called
from controlplane.transactions.rules.breaker import Breaker, BreakerState, is_answer, is_unwell
from controlplane.transactions.rules.pauses import FOR_GOOD, GONE, seconds_of
from controlplane.transactions.rules.states import Outcome

log = logger(__name__)

SLOW_DOWN = "It asked us to slow down."


async def note(cursor: AsyncCursor[Any], ended: Sequence[Ended], troubled: Mapping[int, bool]) -> None:
    """Bring the destinations' rows up to date; ``troubled`` says which were not well before."""
    by_destination: dict[int, list[Called]] = {}
    for one in ended:
        by_destination.setdefault(one.delivery.claim.destination_id, []).append(one.called)
    for destination, calls in sorted(by_destination.items()):
        await _pause(cursor, destination, calls)
        # A call that carried many, or that several asked together, says each thing once.
        answered = len({(one.call, one.outcome) for one in calls if is_answer(one.outcome, one.detail, sent=one.sent)})
        unwell = len({(one.call, one.outcome) for one in calls if is_unwell(one.outcome, one.detail)})
        if unwell or (answered and troubled.get(destination)):
            await _judge(cursor, destination, answered, unwell)


async def _judge(cursor: AsyncCursor[Any], destination: int, answered: int, unwell: int) -> None:
    await cursor.execute(statements.LOCK_BREAKER, [destination])
    row = await cursor.fetchone()
    if row is None:
        return
    before = Breaker(BreakerState(row[0]), *row[1:])
    after = before.after(answered, unwell)
    if after == before:
        return
    opens = after.state is BreakerState.OPEN
    parameters = {
        "state": after.state.value,
        "failures": after.failures,
        "openings": after.openings,
        "probes": after.probes,
        "opens": opens,
        "rest": after.rest,
        "destination": destination,
    }
    await cursor.execute(statements.SET_BREAKER, parameters)
    if opens:
        metrics.BREAKER_OPENINGS.inc()
        log.warning("destination.breaker_opened", destination=destination, seconds=after.rest, times=after.openings)
    elif before.state is not after.state:
        log.info("destination.breaker_closed", destination=destination)


async def _pause(cursor: AsyncCursor[Any], destination: int, calls: Sequence[Called]) -> None:
    if any(called.outcome is Outcome.GONE for called in calls):
        await cursor.execute(statements.PAUSE_FOR_GOOD, [FOR_GOOD, GONE, destination, FOR_GOOD])
        log.warning("destination.gone", destination=destination)
        return
    asked = [one.retry_after for one in calls if one.outcome is Outcome.RATE_LIMITED or one.retry_after]
    if asked:
        seconds = max(map(seconds_of, asked))
        await cursor.execute(statements.PAUSE_FOR, [seconds, SLOW_DOWN, destination, seconds])
        log.info("destination.slowed_down", destination=destination, seconds=seconds)
