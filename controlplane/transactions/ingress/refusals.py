"""What was turned away, counted by minute, endpoint and reason: a flood costs one row a minute.

Only a digest of the last body is kept, so that a sender's complaint can be matched without keeping
what was not proved to be theirs.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from datetime import datetime

import psycopg

from controlplane.foundation import clock
from controlplane.foundation.database import connect_async
from controlplane.foundation.logs import logger

log = logger(__name__)

FLUSH_SECONDS = 1.0
FLUSH_TIMEOUT = 10.0
MAX_KINDS = 10_000
MAX_REASON_LENGTH = 40
MAX_PEER_LENGTH = 64

#: In the order of the unique key, so that two processes cannot wait for each other. An endpoint may be gone.
_COUNT = """
insert into transactions_refusal (endpoint_id, minute, reason, count, last_digest, last_peer)
select i.endpoint_id, i.minute, i.reason, i.count, i.last_digest, i.last_peer
from unnest(%s::bigint[], %s::timestamptz[], %s::text[], %s::int[], %s::text[], %s::text[])
  i(endpoint_id, minute, reason, count, last_digest, last_peer)
join transactions_endpoint e on e.id = i.endpoint_id
order by 1, 2, 3
on conflict (endpoint_id, minute, reason) do update
set count = transactions_refusal.count + excluded.count, last_digest = excluded.last_digest,
  last_peer = excluded.last_peer
"""

Kind = tuple[int, datetime, str]


class Refusals:
    """Refusals of this process that are not written yet."""

    def __init__(self) -> None:
        self._counts: Counter[Kind] = Counter()
        self._last: dict[Kind, tuple[str, str]] = {}
        self._task: asyncio.Task[None] | None = None

    def note(self, endpoint_id: int, reason: str, digest: str, peer: str) -> None:
        """Count one refusal."""
        kind = (endpoint_id, clock.now().replace(second=0, microsecond=0), reason[:MAX_REASON_LENGTH])
        if kind in self._counts or len(self._counts) < MAX_KINDS:
            self._counts[kind] += 1
            self._last[kind] = (digest, peer[:MAX_PEER_LENGTH].replace("\x00", ""))

    def start(self) -> None:
        """Write every second what was counted."""
        if self._task is None:
            self._task = asyncio.create_task(self._flush_for_ever(), name="ingress refusals")

    async def stop(self) -> None:
        """Write the last counts and stop."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None
            await self.flush()

    async def _flush_for_ever(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            try:
                await self.flush()
            except Exception:
                log.exception("ingress.defect", stage="refusals")

    async def flush(self) -> None:
        """Write what was counted; kept for the next time when the database is away."""
        if not self._counts:
            return
        counts, last = self._counts, self._last
        self._counts, self._last = Counter(), {}
        rows = [(*kind, count, *last[kind]) for kind, count in sorted(counts.items())]
        try:
            async with asyncio.timeout(FLUSH_TIMEOUT), await connect_async() as connection:
                await connection.execute(_COUNT, [list(column) for column in zip(*rows, strict=True)])
        except (psycopg.Error, OSError) as error:
            log.warning("ingress.refusals_kept", error=type(error).__name__, kinds=len(rows))
            self._counts.update(counts)
            self._last = last | self._last
