"""A run that stops itself because of a limit: the job's schedule is held until a person decides."""

from __future__ import annotations

from django.db.models.functions import Now

from controlplane.audit.models import Subject
from controlplane.audit.services import record
from controlplane.sync.models import SyncJob, SyncRun
from controlplane.sync.rules.states import RunState
from controlplane.sync.runs import lease


def stop(run: SyncRun, note: str, *, error_class: str) -> None:
    """End it as stopped, in the caller's transaction, and hold the job: the next slot would do the same again.

    A dry run only says so. The audit names the system itself.
    """
    lease.end(run, RunState.STOPPED, note, error_class=error_class)
    if run.dry:
        return
    reason = f"Run {run.pk} stopped itself. {note}"
    held = SyncJob.objects.filter(pk=run.job_id, paused_at=None)
    held.update(paused_at=Now(), paused_by="Interlock", paused_reason=reason)
    record("sync.run_stopped", subject=Subject("sync_run", str(run.pk)), reason=note, details={"job": run.job.slug})
