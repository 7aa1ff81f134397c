"""Read again from an earlier place, beside the job's own progress."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from controlplane.audit.models import Via
from controlplane.people.access import Access
from controlplane.sync.models import SyncJob, SyncRun
from controlplane.sync.rules.states import RunKind
from controlplane.sync.runs.start import begin


@transaction.atomic
def backfill(
    job: SyncJob,
    access: Access,
    cursor: dict[str, Any],
    *,
    reason: str,
    force: bool = False,
    via: Via = Via.PAGE,
) -> SyncRun:
    """Plan a run that begins at ``cursor`` and reads to the end; the job's cursor stays where it is.

    It never looks for deletions: what it did not read is not gone. Only what differs from what is known
    becomes a transaction, unless ``force``.
    """
    return begin(job, access, RunKind.BACKFILL, reason=reason, force=force, cursor=cursor, via=via)
