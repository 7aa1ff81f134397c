"""Where a delivery meets the ownership matrix: judged once its request is formed, written down when it has ended.

A step without guarded attributes costs one look-up in an empty mapping, and nothing when it ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg import AsyncCursor

from controlplane.foundation.ids import uuid7
from controlplane.transactions.pipeline.deliveries import Delivery
from controlplane.transactions.pipeline.ended import Ended
from controlplane.transactions.pipeline.outward import Called
from controlplane.transactions.rules.ownership import told
from controlplane.transactions.rules.states import Outcome, StepState

_WRITE = """
insert into ownership_breach (id, entity_id, path, system_id, record_id, transaction_id, step_run_id, integration_id,
  destination_id, blocked)
select b.id, e.id, b.path, b.system_id, b.record_id, b.transaction_id, b.step_run_id, b.integration_id,
  b.destination_id, b.blocked
from unnest(%s::uuid[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::uuid[], %s::uuid[], %s::bigint[],
  %s::bigint[], %s::boolean[])
  b(id, entity, path, system_id, record_id, transaction_id, step_run_id, integration_id, destination_id, blocked)
join inventory_entitykind e on e.slug = b.entity
"""


def judge(delivery: Delivery) -> None:
    """What its source may not write is refused where the entity says so; elsewhere it is remembered, and goes out."""
    guards = delivery.flow.guards.get(delivery.step.name)
    if guards is None or delivery.called is not None or delivery.body is None:
        return
    delivery.breaches = guards.breached(delivery.source_id, delivery.body)
    blocked = [one for one in delivery.breaches if one.guard.blocks]
    if blocked:
        words = told(blocked, again=delivery.attempts > 0)
        delivery.called = Called(Outcome.OWNERSHIP, reason=words, detail=blocked[0].guard.write.attribute)


async def write(cursor: AsyncCursor[Any], ended: Sequence[Ended]) -> None:
    """What was written without the right, and what was kept from it; a try that wrote nothing breaches nothing."""
    rows = [
        (
            uuid7(),
            breach.guard.write.entity,
            breach.guard.write.path,
            breach.by,
            breach.guard.owner.record,
            one.delivery.claim.transaction_id,
            one.delivery.claim.step_run_id,
            one.delivery.integration_id,
            one.delivery.claim.destination_id,
            one.called.outcome is Outcome.OWNERSHIP,
        )
        for one in ended
        for breach in one.delivery.breaches
        if breach.guard.blocks == (one.called.outcome is Outcome.OWNERSHIP)
        and (breach.guard.blocks or one.state is StepState.SUCCEEDED)
    ]
    if rows:
        await cursor.execute(_WRITE, [list(column) for column in zip(*rows, strict=True)])
