"""Find what is gone at the source without a word: known records that this run did not see.

First all ids are noted as seen (a connector that lists ids gives them; a full run has read them all),
then those that were gone and are listed again are looked up, then the brake is asked, then the rest is buried,
a page at a time. Each step may be repeated by another worker: noting twice changes nothing, what was looked up
is not known as gone any more, and what is buried not as alive.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.db import connection, transaction

from connectors.messages import Page, Record
from controlplane.sync.models import SyncRecord, SyncRun
from controlplane.sync.rules.states import Phase
from controlplane.sync.runs import keep, lease
from controlplane.sync.runs.claim import Claim
from controlplane.sync.runs.commit import brake, save_page
from controlplane.sync.runs.keep import Tally
from controlplane.sync.sources import OpenSource

#: Said of a run that could not look: not checked is not the same as nothing found (invariant 11).
CANNOT_LIST = "Deletions were not looked for: this connector cannot list the ids of a stream."
#: Records that are looked up go into pages of so many, or of what came within this share of a lease.
MOST_LOOKED_UP = 50
LOOKING_UP = 0.125

_UNSEEN = """
select key from sync_record where job_id = %(job)s and not tombstone and last_seen_run < %(run)s
order by key limit %(size)s
"""


def begin(claim: Claim) -> SyncRun | None:
    """Say that reading is over and looking has begun; None when the run is not to go on."""
    with transaction.atomic():
        run = lease.hold(claim)
        if run is not None:
            SyncRun.objects.filter(pk=run.pk).update(phase=Phase.SWEEPING)
        return run


def note_ids(claim: Claim, ids: Iterable[tuple[str, ...]]) -> list[str] | None:
    """Note every id that the source lists as seen; None when the run is not to go on.

    Returns those that were gone. They are there again, perhaps with nothing that says they changed: no reading of
    changes comes upon them.
    """
    back: list[str] = []
    for batch in ids:
        with transaction.atomic():
            run = lease.hold(claim)
            if run is None:
                return None
            gone = keep.buried(run, batch)
            keep.see(run, [key for key in batch if key not in gone])
        back += [key for key in batch if key in gone]
    return back


def look_up(run: SyncRun, source: OpenSource, keys: Iterable[str]) -> Iterator[Page]:
    """These records as they are now, in pages that are saved like those of a reading; its cursor stays.

    Each key is in a page, so that the next turn goes on behind it: what cannot be had is gone still.
    """
    found: list[Record] = []
    until = _soon()
    for key in keys:
        record = source.record(key)
        found.append(record if record is not None and record.id == key else Record(key, {}, deleted=True))
        if len(found) == MOST_LOOKED_UP or time.monotonic() > until:
            yield Page(tuple(found), run.cursor)
            found, until = [], _soon()
    if found:
        yield Page(tuple(found), run.cursor)


def _soon() -> float:
    return time.monotonic() + settings.LEASE_SECONDS * LOOKING_UP


def not_looked_up(count: int) -> str:
    """Said where a connector lists ids and cannot look up a single record (invariant 11)."""
    return (
        f"Records that were deleted are there again ({count:,}). This connector cannot look them up one by one: "
        "start a full run, which passes them on."
    )


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
    unseen = SyncRecord.objects.filter(job=run.job_id, tombstone=False, last_seen_run__lt=run.pk).count()
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
