"""Start a run by hand: now, in full, or dry."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from controlplane.audit.models import Subject, Via
from controlplane.audit.services import record
from controlplane.foundation.errors import Conflict, Invalid
from controlplane.people.access import Access, Action
from controlplane.sync.models import SyncJob, SyncRun
from controlplane.sync.rules.cursors import written
from controlplane.sync.rules.states import RunKind
from controlplane.sync.runs.plan import plan


@transaction.atomic
def start(
    job: SyncJob,
    access: Access,
    *,
    reason: str,
    full: bool = False,
    force: bool = False,
    dry: bool = False,
    via: Via = Via.PAGE,
) -> SyncRun:
    """Plan a run for any worker to claim.

    ``full`` reads everything from the start; the job's cursor follows when all is read. ``force`` passes on
    unchanged records too. ``dry`` counts what would change and writes neither records, transactions
    nor the cursor. A held job may be started by hand. :class:`Conflict` names a run in the way.
    """
    kind = RunKind.DRY if dry else RunKind.MANUAL
    return begin(job, access, kind, reason=reason, full=full, force=force, via=via)


def begin(
    job: SyncJob,
    access: Access,
    kind: RunKind,
    *,
    reason: str,
    full: bool = False,
    force: bool = False,
    cursor: dict[str, Any] | None = None,
    via: Via = Via.PAGE,
) -> SyncRun:
    """Check, plan and record, in the caller's transaction."""
    access.require(Action.RUN_SYNC, job.integration.team_id)
    words = needed(reason)
    kept = SyncJob.objects.select_for_update(of=("self",), no_key=True).get(pk=job.pk)
    if not kept.active:
        raise Conflict(f"{kept.name} is retired; nothing was started.")
    run = plan(kept, kind, full=full, force=force, cursor=cursor, person_id=access.person_id, reason=words)
    record(
        "sync.run_started",
        actor=access.actor,
        via=via,
        subject=Subject("sync_run", str(run.pk)),
        reason=words,
        details={"job": kept.slug, "kind": str(kind), "full": run.full, "force": force, "from": written(run.cursor)},
    )
    return run


def needed(reason: str) -> str:
    """The reason without blanks around it; :class:`Invalid` when there is none."""
    words = " ".join(reason.split())
    if not words:
        raise Invalid("Say why, in a few words: it is kept in the audit. Nothing was changed.", field="reason")
    return words[:1000]
