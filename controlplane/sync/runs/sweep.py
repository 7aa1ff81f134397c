"""Find what is gone at the source without a word: known records that this run did not see.

First all ids are noted as seen (a connector that lists ids gives them; a full run has read them all),
then the brake is asked, then the rest is buried, a page at a time. Each step may be repeated by
another worker: noting twice changes nothing, and what is buried is not known as alive any more.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from django.db import connection, transaction

from connectors.messages import Record
from controlplane.sync.models import SyncRecord, SyncRun
from controlplane.sync.rules.states import Phase
from controlplane.sync.runs import keep, lease
from controlplane.sync.runs.claim import Claim
from controlplane.sync.runs.commit import brake, save_page
from controlplane.sync.runs.keep import Tally

#: Said of a run that could not look: not checked is not the same as nothing found (invariant 11).
CANNOT_LIST = "Deletions were not looked for: this connector cannot list the ids of a stream."

_UNSEEN = """
select key from sync_record where job_id = %(job)s and not tombstone and last_seen_run <> %(run)s
order by key limit %(size)s
"""


def begin(claim: Claim) -> bool:
    """Say that reading is over and looking has begun; False when the run is not to go on."""
    with transaction.atomic():
        run = lease.hold(claim)
        if run is None:
            return False
        SyncRun.objects.filter(pk=run.pk).update(phase=Phase.SWEEPING)
        return True


def note_ids(claim: Claim, ids: Iterable[tuple[str, ...]]) -> bool:
    """Note every id that the source lists as seen; False when the run is not to go on."""
    for batch in ids:
        with transaction.atomic():
            run = lease.hold(claim)
            if run is None:
                return False
            keep.see(run, batch)
    return True


def bury_unseen(claim: Claim) -> bool:
    """Bury what was not seen, unless the brake stops it; False when the run is not to go on."""
    with transaction.atomic():
        run = lease.hold(claim)
        if run is None or _brakes(run):
            return False
    while True:
        began = time.monotonic()
        with transaction.atomic():
            run = lease.hold(claim)
            if run is None:
                return False
            if not _bury_page(run, began):
                return True


def _brakes(run: SyncRun) -> bool:
    if run.brake_released:
        return False
    unseen = SyncRecord.objects.filter(job=run.job_id, tombstone=False).exclude(last_seen_run=run.pk).count()
    return unseen > 0 and brake(run, run.deleted + run.swept + unseen)


def _bury_page(run: SyncRun, began: float) -> bool:
    """One page of deletions; False when there was nothing left."""
    with connection.cursor() as cursor:
        cursor.execute(_UNSEEN, {"job": run.job_id, "run": run.pk, "size": run.job.page_size})
        keys = [row[0] for row in cursor.fetchall()]
    if not keys:
        return False
    keep.bury(run, keys)
    events = keep.pass_on(run, [], [Record(key, {}, deleted=True) for key in keys])
    tally = Tally(deleted=len(keys), events=tuple(events))
    save_page(run, tally, run.cursor, ms=int((time.monotonic() - began) * 1000), phase=Phase.SWEEPING)
    return True
