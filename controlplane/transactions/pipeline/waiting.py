"""Waiting for an identity: found in our own table, or waited for until somebody learns it.

Nothing polls. Whoever learns an identity wakes those that wait for it, in the same transaction (``identities``); a
slow sweep finds what was learned elsewhere (``sweeping``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from connectors.messages import Receipt
from controlplane.foundation.database import AsyncConnection
from controlplane.transactions.pipeline import question_statements as statements
from controlplane.transactions.pipeline.deliveries import Delivery
from controlplane.transactions.pipeline.expiring import expire, is_over
from controlplane.transactions.pipeline.learning import Wanted
from controlplane.transactions.pipeline.outward import Called
from controlplane.transactions.rules.questions import Identity
from controlplane.transactions.rules.states import Outcome


async def resolve(connection: AsyncConnection, asked: Sequence[Delivery]) -> None:
    """Give each its identity, or say that it waits; one whose time ran out waits no more."""
    waiting = [delivery for delivery in asked if isinstance(delivery.step.question, Identity) and not delivery.called]
    if not waiting:
        return
    bodies = [delivery.body or {} for delivery in waiting]
    keys = [str(body.get("key", "")) for body in bodies]
    columns: list[list[Any]] = [
        [str(body.get("of", "")) for body in bodies],
        [str(body.get("issuer", "")) for body in bodies],
        [delivery.source_id for delivery in waiting],
        keys,
        [delivery.destination.instance_id for delivery in waiting],
    ]
    found = await (await connection.execute(statements.RESOLVE, columns)).fetchall()
    for delivery in waiting:
        delivery.called = Called(Outcome.NOT_SUPPORTED, reason="Its kind of entity or its issuer does not exist.")
    for place, kind_id, issuer_id, value in found:
        _judge(waiting[place - 1], Wanted(kind_id, issuer_id, keys[place - 1]), value)


def _judge(delivery: Delivery, wanted: Wanted, value: str | None) -> None:
    delivery.wanted = wanted
    if value is not None:
        receipt = Receipt(external_id=value, found=True, calls=0)
        delivery.called = Called(Outcome.SUCCEEDED, receipt=receipt, fields={"external_id": value})
    elif is_over(delivery):
        expire(delivery)
    else:
        body = delivery.body or {}
        reason = f"Waits for the id of {body.get('of')} {wanted.value} in {delivery.destination.name}."
        delivery.called = Called(Outcome.WAITS, reason=reason)
