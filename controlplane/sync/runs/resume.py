"""Let a paused run go on from the page after the last one saved."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now

from controlplane.audit.models import Subject, Via
from controlplane.audit.services import record
from controlplane.foundation.doorbell import ring_on_commit
from controlplane.foundation.errors import Conflict
from controlplane.people.access import Access, Action
from controlplane.sync.models import SyncRun
from controlplane.sync.rules.states import RunState
from controlplane.sync.runs.pause import for_change
from controlplane.sync.runs.plan import DOORBELL


@transaction.atomic
def resume(run: SyncRun, access: Access, *, via: Via = Via.PAGE) -> SyncRun:
    """Resume a paused run; any worker may take it. :class:`Conflict` when it is not paused.

    A worker that still has a page in hand from before the pause is fenced off: its token is gone.
    """
    access.require(Action.RUN_SYNC, run.job.integration.team_id)
    kept = for_change(run)
    if kept.state != RunState.PAUSED:
        raise Conflict(f"Run {kept.pk} is {kept.get_state_display().lower()}, not paused; nothing was changed.")
    SyncRun.objects.filter(pk=kept.pk).update(
        state=RunState.PLANNED, lease_token=None, due_at=Now(), note="", claims=0, failures=0
    )
    ring_on_commit(DOORBELL)
    record(
        "sync.run_resumed",
        actor=access.actor,
        via=via,
        subject=Subject("sync_run", str(kept.pk)),
        details={"from_page": kept.pages + 1},
    )
    kept.refresh_from_db()
    return kept
