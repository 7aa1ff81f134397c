"""Holding a run: what every step of the worker checks first, and the ways to let it go.

Each function needs a transaction and locks the run's row, so that a person's pause or cancel and the
worker's page follow one another. Locks are taken in the order run, then job.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now

from controlplane.foundation import metrics
from controlplane.foundation.logs import logger
from controlplane.sync.models import SyncRun
from controlplane.sync.rules.backoff import MOST_TAKEOVERS
from controlplane.sync.rules.states import RunState
from controlplane.sync.runs.claim import Claim
from controlplane.sync.runs.errors import Fenced

log = logger(__name__)


def hold(claim: Claim) -> SyncRun | None:
    """The run, locked and still ours and to be read on, with its lease renewed.

    None when it was paused, cancelled or left its window meanwhile: its row has been written
    accordingly, the caller commits that and stops. Raises :class:`Fenced` when it is somebody else's.
    """
    run = locked(claim)
    if run.state == RunState.CANCELLING:
        end(run, RunState.CANCELLED, f"Cancelled after page {run.pages}. What was read before is kept.")
        return None
    if run.state != RunState.RUNNING:
        let_go(run)
        return None
    if run.claims > MOST_TAKEOVERS:
        end(run, RunState.FAILED, _poison(run), error_class="worker_lost")
        return None
    if _waits_for_window(run):
        return None
    SyncRun.objects.filter(pk=run.pk).update(due_at=Now() + timedelta(seconds=settings.LEASE_SECONDS))
    return run


def locked(claim: Claim) -> SyncRun:
    """The run's row, locked; :class:`Fenced` unless the lease is ours."""
    runs = SyncRun.objects.select_for_update(of=("self",), no_key=True)
    run = runs.select_related("job__interface__instance").filter(pk=claim.run_id, lease_token=claim.token).first()
    if run is None:
        metrics.FENCED.inc()
        log.warning("sync.fenced", run=claim.run_id)
        raise Fenced
    return run


def _poison(run: SyncRun) -> str:
    return (
        f"Its worker was lost {run.claims - 1} times at page {run.pages + 1}, without saving it. "
        "Everything before is kept. A smaller page size may help; then start it again."
    )


def _waits_for_window(run: SyncRun) -> bool:
    window = run.job.window
    if window.always:
        return False
    now = database_time()
    opens = window.opens(now)
    if opens <= now:
        return False
    local = opens.astimezone(window.zone)
    wait_until(run, opens, f"Its window is closed; it goes on by itself at {local:%H:%M} on {local:%-d %b}.")
    return True


def database_time() -> datetime:
    """The database's clock."""
    with connection.cursor() as cursor:
        cursor.execute("select statement_timestamp()")
        return cursor.fetchone()[0]  # type: ignore[no-any-return] # one row, one column


def let_go(run: SyncRun, *, after: float = 0.0) -> None:
    """Give the lease back; a running one may be claimed again ``after`` so many seconds."""
    SyncRun.objects.filter(pk=run.pk).update(lease_token=None, claims=0, due_at=Now() + timedelta(seconds=after))


def wait_until(run: SyncRun, due: datetime, note: str, *, failures: int | None = None) -> None:
    """Let it wait for its due time: a row, so that nobody sleeps."""
    SyncRun.objects.filter(pk=run.pk, state=RunState.RUNNING).update(
        state=RunState.WAITING,
        lease_token=None,
        claims=0,
        due_at=due,
        note=note,
        failures=F("failures") if failures is None else failures,
    )
    log.info("sync.waiting", run=run.pk, due=due.isoformat(), note=note)


def end(run: SyncRun, state: RunState, note: str, *, error_class: str = "") -> None:
    """End it in ``state``. What was saved stays; transactions of it still arrive and are watched."""
    SyncRun.objects.filter(pk=run.pk).update(
        state=state,
        lease_token=None,
        note=note,
        error_class=error_class[:120],
        finished_at=Now(),
        settle_due=Now(),
    )
    log.info("sync.ended", run=run.pk, state=str(state), error_class=error_class)
