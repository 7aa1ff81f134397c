"""End a run early. What it saved stays: pages are not taken back."""

from __future__ import annotations

from django.db import transaction

from controlplane.audit.models import Subject, Via
from controlplane.audit.services import record
from controlplane.foundation.errors import Conflict
from controlplane.people.access import Access, Action
from controlplane.sync.models import SyncRun
from controlplane.sync.rules.states import RunState
from controlplane.sync.runs import lease
from controlplane.sync.runs.pause import for_change
from controlplane.sync.runs.start import needed


@transaction.atomic
def cancel(run: SyncRun, access: Access, *, reason: str, via: Via = Via.PAGE) -> SyncRun:
    """Cancel an active run: at once, or when its worker is back from the source with the page in hand.

    That page is dropped. The next run of the job goes on from the saved cursor. :class:`Conflict` when
    the run is over.
    """
    access.require(Action.RUN_SYNC, run.job.integration.team_id)
    words = needed(reason)
    kept = for_change(run)
    if kept.state == RunState.CANCELLING:
        return kept
    if not kept.is_active:
        raise Conflict(f"Run {kept.pk} is {kept.get_state_display().lower()} already; there is nothing to cancel.")
    note = f"Cancelled by {access.name}: {words}"
    if kept.state == RunState.RUNNING and kept.lease_token is not None:
        SyncRun.objects.filter(pk=kept.pk).update(state=RunState.CANCELLING, note=note)
    else:
        lease.end(kept, RunState.CANCELLED, note)
    record(
        "sync.run_cancelled",
        actor=access.actor,
        via=via,
        subject=Subject("sync_run", str(kept.pk)),
        reason=words,
        details={"pages": kept.pages},
    )
    kept.refresh_from_db()
    return kept
