"""Take a due run: a lease with a fencing token (invariant 3)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection

from controlplane.foundation import metrics
from controlplane.foundation.logs import logger

log = logger(__name__)

# The database's clock, by statement: a run planned earlier in the same transaction is due as well.
_CLAIM = """
with due as (
  select id, lease_token is not null as abandoned from sync_run
  where state in ('planned', 'running', 'waiting', 'cancelling') and due_at <= statement_timestamp()
  order by due_at limit 1 for update skip locked)
update sync_run r set
  state = case when r.state = 'cancelling' then r.state else 'running' end,
  lease_token = %(token)s, worker = %(worker)s, due_at = statement_timestamp() + make_interval(secs => %(lease)s),
  claims = r.claims + 1, takeovers = r.takeovers + due.abandoned::int, note = '',
  started_at = coalesce(r.started_at, statement_timestamp())
from due where r.id = due.id
returning r.id, due.abandoned
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A run that is ours until its lease passes; every write of it says ``token``."""

    run_id: int
    token: UUID


def claim(worker: str) -> Claim | None:
    """The run that has been due the longest, or None. One whose worker fell silent goes on from its cursor."""
    token = uuid4()
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"token": token, "worker": worker[:120], "lease": settings.LEASE_SECONDS})
        row = cursor.fetchone()
    if row is None:
        return None
    if row[1]:
        metrics.TAKEOVERS.inc()
        log.warning("sync.taken_over", run=row[0], worker=worker)
    return Claim(row[0], token)


def work_waits() -> bool:
    """Whether a run is due that nobody works on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select from sync_run where state in ('planned', 'running', 'waiting', 'cancelling') "
            "and due_at <= statement_timestamp())"
        )
        return bool(cursor.fetchone()[0])
