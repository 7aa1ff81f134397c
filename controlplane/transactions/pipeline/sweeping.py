"""What nobody is woken for: identities learned beside the pipeline, deadlines under a pause, answers out of date."""

from __future__ import annotations

import time
from uuid import uuid4

from django.conf import settings

from controlplane.foundation.database import AsyncConnection
from controlplane.foundation.logs import logger
from controlplane.transactions.pipeline import question_statements as statements
from controlplane.transactions.pipeline.catalogue import Catalogue
from controlplane.transactions.pipeline.claiming import load, record_takeovers
from controlplane.transactions.pipeline.deliveries import Claim, Claimed
from controlplane.transactions.pipeline.delivering import make_ready
from controlplane.transactions.pipeline.expiring import expire
from controlplane.transactions.pipeline.finishing import finish

log = logger(__name__)

BATCH = 200
PURGE = 5_000


async def sweep(connection: AsyncConnection, catalogue: Catalogue) -> int:
    """Once in a while; returns how many step runs may go on by it."""
    woken = (await connection.execute(statements.WAKE_ALL_KNOWN)).rowcount
    await connection.execute(statements.FORGET_ANSWERS, [PURGE])
    while expired := await _expired(connection, catalogue):
        woken += await finish(connection, catalogue, expired.deliveries)
    return woken


async def _expired(connection: AsyncConnection, catalogue: Catalogue) -> Claimed | None:
    """Questions whose time ran out while their destination was held: nobody claims them there."""
    token, since = uuid4(), time.monotonic()
    wanted = {"most": BATCH, "lease": settings.LEASE_SECONDS, "token": token}
    async with connection.transaction():
        cursor = await connection.execute(statements.TAKE_EXPIRED, wanted)
        claims = [Claim(token, *row) for row in await cursor.fetchall()]
        await record_takeovers(connection, claims)
    if not claims:
        return None
    claimed = Claimed(await load(connection, catalogue, claims), since, since + settings.LEASE_SECONDS)
    await make_ready(connection, claimed)
    for delivery in claimed.deliveries:
        if delivery.called is None:
            expire(delivery)
    log.info("question.expired", step_runs=len(claims))
    return claimed
