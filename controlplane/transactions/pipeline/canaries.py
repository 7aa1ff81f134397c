"""Versions that judge some keys first: which of two judges an event, and how those of each fared.

Where no canary runs, an event costs one comparison with None.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from psycopg import AsyncCursor

from controlplane.contracts.canary.judging import Tally, takes, why_halt
from controlplane.foundation.expressions import ExpressionFailed
from controlplane.foundation.logs import logger
from controlplane.transactions.pipeline.agreed import Contract, KnownCanary
from controlplane.transactions.pipeline.drafts import Arrived, Draft
from controlplane.transactions.rules.states import TransactionState

log = logger(__name__)

_COUNT = """
update contracts_canary set seen = seen + %s, set_aside = set_aside + %s, seen_others = seen_others + %s,
  set_aside_others = set_aside_others + %s
where id = %s and state = 'running'
returning seen, set_aside + dead, seen_others, set_aside_others + dead_others, points
"""
_HALT = "update contracts_canary set state = 'halted', why = %s, ended_at = clock_timestamp() where id = %s"


def chosen(canary: KnownCanary, draft: Draft, arrived: Arrived, standing: Contract) -> Contract:
    """The version that judges this event; the draft remembers which."""
    mine = takes(canary.id, _key(canary, arrived), canary.share)
    draft.canary = (canary.id, mine)
    return canary.contract if mine else standing


def _key(canary: KnownCanary, arrived: Arrived) -> str:
    event = arrived.event
    if canary.key is not None:
        record = dict(event.record)
        try:
            return str(canary.key.evaluate({"record": record, "event": record}))
        except ExpressionFailed:
            return ""
    return f"{event.resource}/{event.external_id}" if event.external_id else str(arrived.row.id)


async def count(cursor: AsyncCursor[Any], drafts: Sequence[Draft]) -> None:
    """Add up what became of a batch; a canary whose events end badly is halted in the same transaction.

    One row after the other in the order of their ids: two batches that met two canaries would wait for each other.
    """
    counted = Counter((*draft.canary, _is_aside(draft)) for draft in drafts if draft.canary is not None)
    for key in sorted({key for key, _, _ in counted}):
        mine, others = ((counted[key, side, True], counted[key, side, False]) for side in (True, False))
        await cursor.execute(_COUNT, [sum(mine), mine[0], sum(others), others[0], key])
        if (row := await cursor.fetchone()) is None:
            continue
        if why := why_halt(Tally(*row[:2]), Tally(*row[2:4]), row[4]):
            await cursor.execute(_HALT, [why, key])
            log.warning("canary.halted", canary=key, why=why)


def _is_aside(draft: Draft) -> bool:
    return draft.state is TransactionState.QUARANTINED
