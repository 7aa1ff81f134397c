"""What a page leaves in the database: hashes of what changed, echoes left out, records passed on.

All in the transaction of the page: either everything is there, or nothing is and the page is read again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from connectors.messages import Record
from controlplane.sync.models import SyncRun
from controlplane.sync.rules.judgement import Judged, Taken
from controlplane.sync.rules.states import Phase
from controlplane.sync.runs import echoes
from controlplane.transactions.accept import AcceptedRecord, accept_records
from controlplane.transactions.rules.retention import Retention
from controlplane.transactions.rules.states import Lane

# A record is left alone unless it is new, came back, or its hash differs and it is not an older
# version than the one known. The join comes first so that an unchanged row is not even locked.
_DIFFERING = """
select i.* from unnest(%(keys)s::text[], %(hashes)s::uuid[], %(versions)s::bigint[]) i(key, hash, version)
left join sync_record r on r.job_id = %(job)s and r.key = i.key
where r.key is null or r.tombstone or %(force)s
   or (r.hash <> i.hash and not coalesce(i.version < r.source_version, false))
"""

_COUNT = f"select key from ({_DIFFERING}) differing"

_KEEP = f"""
insert into sync_record as r (job_id, key, hash, source_version, last_seen_run, tombstone)
select %(job)s, key, hash, version, %(run)s, false from ({_DIFFERING}) differing order by key
on conflict (job_id, key) do update set hash = excluded.hash, source_version = excluded.source_version,
  last_seen_run = excluded.last_seen_run, tombstone = false
returning key
"""

_SEEN = """
update sync_record set last_seen_run = %(run)s
where job_id = %(job)s and key = any(%(keys)s) and last_seen_run < %(run)s
"""

_ALIVE = "select key from sync_record where job_id = %(job)s and key = any(%(keys)s) and not tombstone"

_BURY = """
update sync_record set tombstone = true, last_seen_run = %(run)s
where job_id = %(job)s and key = any(%(keys)s) and not tombstone returning key
"""

_BURIED = """
select key from sync_record
where job_id = %(job)s and key = any(%(keys)s) and tombstone and last_seen_run < %(run)s
"""


@dataclass(frozen=True, slots=True)
class Tally:
    """How the records of one page were counted, and the ids under which they were passed on."""

    changed: int = 0
    unchanged: int = 0
    deleted: int = 0
    echo: int = 0
    rejected: int = 0
    events: tuple[UUID, ...] = ()

    @property
    def read(self) -> int:
        """All of them."""
        return self.changed + self.unchanged + self.deleted + self.echo + self.rejected


def keep(run: SyncRun, judged: Judged) -> Tally:
    """Write what differs and pass it on."""
    differing = _rows(_KEEP, _compared(run, judged.live) | {"run": run.pk})
    if run.looks and (run.full or run.phase == Phase.SWEEPING):
        see(run, judged.ids)
    own = echoes.own(run, [taken for taken in judged.live if taken.record.id in differing])
    changed = [taken for taken in judged.live if taken.record.id in differing and taken.record.id not in own]
    gone = bury(run, [record.id for record in judged.gone])
    events = pass_on(run, changed, [record for record in judged.gone if record.id in gone])
    return _tally(judged, len(changed), len(gone), len(own), tuple(events))


def count(run: SyncRun, judged: Judged) -> Tally:
    """What :func:`keep` would do, without doing it."""
    differing = _rows(_COUNT, _compared(run, judged.live))
    own = echoes.own(run, [taken for taken in judged.live if taken.record.id in differing])
    return _tally(judged, len(differing) - len(own), len(alive(run, judged.gone)), len(own))


def _tally(judged: Judged, changed: int, deleted: int, echo: int, events: tuple[UUID, ...] = ()) -> Tally:
    """Whatever is not counted otherwise is unchanged: known already, gone already, or twice in the page."""
    everything = len(judged.live) + len(judged.gone) + judged.repeats
    unchanged = everything - changed - deleted - echo
    return Tally(changed, unchanged, deleted, echo, len(judged.turned), events)


def see(run: SyncRun, keys: Sequence[str]) -> None:
    """Note that the run came upon these records."""
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, {"job": run.job_id, "run": run.pk, "keys": list(keys)})


def alive(run: SyncRun, records: Sequence[Record]) -> set[str]:
    """Those that the job knows as not deleted."""
    return _rows(_ALIVE, {"job": run.job_id, "keys": [record.id for record in records]})


def buried(run: SyncRun, keys: Sequence[str]) -> set[str]:
    """Those that the job knows as deleted, and that this run has not looked at yet."""
    return _rows(_BURIED, {"job": run.job_id, "run": run.pk, "keys": list(keys)})


def bury(run: SyncRun, keys: Sequence[str]) -> set[str]:
    """Mark records as deleted; returns those that were not before."""
    return _rows(_BURY, {"job": run.job_id, "run": run.pk, "keys": list(keys)}) if keys else set()


def pass_on(run: SyncRun, changed: Sequence[Taken], gone: Sequence[Record]) -> list[UUID]:
    """Make them events on the path that webhooks take. Deletions only where the job has a type for them."""
    job = run.job
    told = gone if job.deleted_type else ()
    records = [_accepted(taken.record, job.event_type, job.stream) for taken in changed]
    records += [_accepted(record, job.deleted_type, job.stream) for record in told]
    events = accept_records(
        records,
        run_id=run.pk,
        integration_id=job.integration_id,
        interface_id=job.interface_id,
        retention=Retention(job.retention),
        lane=Lane(job.lane),
    )
    echoes.forget(run, changed, told)
    return events


def _accepted(record: Record, event_type: str, stream: str) -> AcceptedRecord:
    return AcceptedRecord(
        type=event_type,
        resource=stream,
        id=record.id,
        # A tombstone may have no fields; its id is what can be said of it.
        fields=record.fields or {"id": record.id},
        version=record.version,
        changed_at=record.changed_at,
        deleted=record.deleted,
    )


def _compared(run: SyncRun, live: Sequence[Taken]) -> dict[str, Any]:
    return {
        "job": run.job_id,
        "force": run.force,
        "keys": [taken.record.id for taken in live],
        "hashes": [taken.hash for taken in live],
        "versions": [taken.record.version for taken in live],
    }


def _rows(statement: str, values: dict[str, Any]) -> set[str]:
    if not values["keys"]:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return {row[0] for row in cursor.fetchall()}
