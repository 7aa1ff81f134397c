"""Everything is read: say so, take the job's cursor along, and see what is still on its way."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now

from controlplane.foundation.logs import logger
from controlplane.sync.models import SyncJob, SyncRun
from controlplane.sync.rules.states import Moves, RunState
from controlplane.sync.runs import lease
from controlplane.sync.runs.claim import Claim
from controlplane.sync.runs.settle import settle_run

log = logger(__name__)


def finish(claim: Claim, *, note: str = "") -> None:
    """Read, but not done: a run is done when what it passed on has arrived (``runs.settle``).

    A success that hides what has not arrived would be none.
    """
    with transaction.atomic():
        run = lease.hold(claim)
        if run is None:
            return
        SyncRun.objects.filter(pk=run.pk).update(
            state=RunState.SETTLING, lease_token=None, read_at=Now(), settle_due=Now(), note=note
        )
        if run.moves == Moves.AT_THE_END and run.cursor:
            SyncJob.objects.filter(pk=run.job_id).update(read_cursor=run.cursor)
    log.info("sync.read", run=run.pk, records=run.read)
    settle_run(run.pk)
