"""Hold a run where it is; it goes on from there when a person says so."""

from __future__ import annotations

from django.db import transaction

from controlplane.audit.models import Subject, Via
from controlplane.audit.services import record
from controlplane.foundation.errors import Conflict
from controlplane.people.access import Access, Action
from controlplane.sync.models import SyncRun
from controlplane.sync.rules.states import RunState, may_move
from controlplane.sync.runs.start import needed


@transaction.atomic
def pause(run: SyncRun, access: Access, *, reason: str, via: Via = Via.PAGE) -> SyncRun:
    """Pause an active run. The page that a worker has in hand is dropped, and read again later.

    :class:`Conflict` when the run is over or about to be; pausing twice changes nothing.
    """
    access.require(Action.RUN_SYNC, run.job.integration.team_id)
    words = needed(reason)
    kept = for_change(run)
    if kept.state == RunState.PAUSED:
        return kept
    if not may_move(RunState(kept.state), RunState.PAUSED):
        raise Conflict(f"Run {kept.pk} is {kept.get_state_display().lower()}; there is nothing to pause.")
    kept.state, kept.note = RunState.PAUSED, f"Paused by {access.name}: {words}"
    kept.save(update_fields=["state", "note"])
    record(
        "sync.run_paused",
        actor=access.actor,
        via=via,
        subject=Subject("sync_run", str(kept.pk)),
        reason=words,
        details={"pages": kept.pages},
    )
    return kept


def for_change(run: SyncRun) -> SyncRun:
    """The run as it is now, locked until the caller's transaction ends."""
    locked = SyncRun.objects.select_for_update(of=("self",), no_key=True)
    return locked.select_related("job__integration").get(pk=run.pk)
