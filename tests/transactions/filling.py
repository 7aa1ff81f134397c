"""Many events in the inbox at once, stored as the ingress stores them, without the requests."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from controlplane.foundation.ids import digest_uuid, uuid7
from controlplane.transactions.ingress.batches import Accepted, Batches
from controlplane.transactions.rules.retention import Retention
from controlplane.transactions.rules.states import Lane
from tests.transactions.factories import Estate

AT_ONCE = 1000


def fill(made: Estate, bodies: Sequence[bytes]) -> None:
    """Store these events of the estate's sender, in their order."""
    asyncio.run(_fill(made, bodies))


async def _fill(made: Estate, bodies: Sequence[bytes]) -> None:
    batches = Batches()
    batches.start()
    try:
        for start in range(0, len(bodies), AT_ONCE):
            events = [_accepted(made, body) for body in bodies[start : start + AT_ONCE]]
            await asyncio.gather(*map(batches.store, events))
    finally:
        await batches.stop()


def _accepted(made: Estate, body: bytes) -> Accepted:
    digest = digest_uuid(body)
    return Accepted(
        id=uuid7(),
        endpoint_id=made.endpoint.id,
        key_digest=digest,
        body_digest=digest,
        retention=int(Retention.STANDARD),
        lane=int(Lane.NORMAL),
        content_type="application/json",
        headers='{"user-agent": "many"}',
        body=body,
    )
