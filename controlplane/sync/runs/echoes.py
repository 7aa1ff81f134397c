"""What a run reads and we wrote ourselves, and what is ours no more because somebody changed it (invariant 13)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from connectors.messages import Record
from controlplane.sync.models import SyncRun
from controlplane.sync.rules.judgement import Taken

#: The hash of what is gone: it shows nothing that we wrote.
NOTHING = UUID(int=0)

_WRITTEN = """
select w.external_id, w.version, w.fingerprint from written w
join unnest(%(keys)s::text[]) i(key) on w.external_id = i.key
where w.instance_id = %(instance)s and w.resource = %(resource)s
"""

# Processing does the same once it has come to the record (``FORGET_MARKS``), which may be after the edit was undone
# and read again. A mark stays that tells the record's own state, or a later one: a write of ours that ended while the
# page came. Locked in the order of WRITE_WRITTEN.
_FORGET = """
with held as materialized (
  select i.key from unnest(%(keys)s::text[], %(hashes)s::uuid[], %(versions)s::bigint[]) i(key, hash, version)
  join written w on w.external_id = i.key
  where w.instance_id = %(instance)s and w.resource = %(resource)s and w.at <= statement_timestamp()
    and w.fingerprint <> i.hash and not coalesce(i.version <= w.version, false)
    and w.fingerprint <> '00000000-0000-0000-0000-000000000000'
  order by i.key for no key update of w)
update written w set fingerprint = '00000000-0000-0000-0000-000000000000', version = null
from held h where w.instance_id = %(instance)s and w.resource = %(resource)s and w.external_id = h.key
"""


def own(run: SyncRun, differing: Collection[Taken]) -> set[str]:
    """Of what differs, what we wrote there ourselves: the same version, or the same fingerprint.

    A write that is still in flight is not known here yet; processing holds such an event until it is.
    """
    found = _written(run, [taken.record.id for taken in differing])
    return {taken.record.id for taken in differing if _is_echo(taken, found.get(taken.record.id))}


def _is_echo(taken: Taken, written: tuple[int | None, UUID] | None) -> bool:
    if written is None:
        return False
    version, fingerprint = written
    return taken.hash == fingerprint or (version is not None and version == taken.record.version)


def _written(run: SyncRun, keys: Sequence[str]) -> dict[str, tuple[int | None, UUID]]:
    if not keys:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_WRITTEN, {"keys": list(keys)} | _place(run))
        return {key: (version, fingerprint) for key, version, fingerprint in cursor.fetchall()}


def forget(run: SyncRun, changed: Sequence[Taken], gone: Sequence[Record]) -> None:
    """What these records show is somebody's edit: what we wrote before is no echo when they show it again."""
    edits = [(taken.record.id, taken.hash, taken.record.version) for taken in changed]
    edits += [(record.id, NOTHING, record.version) for record in gone]
    if not edits:
        return
    keys, hashes, versions = (list(column) for column in zip(*edits, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, {"keys": keys, "hashes": hashes, "versions": versions} | _place(run))


def _place(run: SyncRun) -> dict[str, Any]:
    """Where marks of the job's records stand."""
    return {"instance": run.job.interface.instance_id, "resource": run.job.stream}
