"""Running jobs in a test: no threads, no waiting, each step when the test says so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now

from controlplane.people.access import Access
from controlplane.sync.models import SyncJob, SyncRecord, SyncRun
from controlplane.sync.runs.claim import Claim, claim
from controlplane.sync.runs.read import run_pages
from controlplane.sync.runs.settle import settle_run
from controlplane.sync.runs.start import start
from controlplane.transactions.models import Inbox, Payload, Transaction
from controlplane.transactions.rules.states import TransactionState

Slept = list[float]


class Killed(BaseException):
    """The worker is killed here: nothing after this runs, nothing is tidied."""


def claimed(worker: str = "worker-1") -> Claim:
    """What a worker claims; there must be something."""
    found = claim(worker)
    assert found is not None
    return found


def read_on(worker: str = "worker-1", **options: Any) -> SyncRun:
    """A worker claims what is due and reads on with it; returns the run as it is then."""
    taken = claimed(worker)
    run_pages(taken, **{"nap": _refuse_to_sleep} | options)
    return SyncRun.objects.get(pk=taken.run_id)


def run(job: SyncJob, access: Access, **options: Any) -> SyncRun:
    """Start a run by hand and read it to its end."""
    started = start(job, access, reason="a test", **options)
    found = read_on()
    assert found.pk == started.pk
    return found


def _refuse_to_sleep(seconds: float) -> None:
    message = f"this test did not expect to sleep for {seconds} s"
    raise AssertionError(message)


def counters(of: SyncRun) -> dict[str, int]:
    """What the run counted, without zeros."""
    of.refresh_from_db()
    names = ("read", "changed", "unchanged", "deleted", "echo", "rejected", "swept", "died")
    return {name: getattr(of, name) for name in names if getattr(of, name)}


def lease_passes() -> None:
    """The worker has been silent for longer than its lease."""
    SyncRun.objects.filter(lease_token__isnull=False).update(due_at=Now() - timedelta(seconds=1))


def due_time_comes() -> None:
    """What waits for its due time is due."""
    SyncRun.objects.update(due_at=Now() - timedelta(seconds=1), settle_due=F("settle_due") - timedelta(hours=1))


def deleted() -> list[str]:
    """The ids of all that is known as deleted."""
    return sorted(SyncRecord.objects.filter(tombstone=True).values_list("key", flat=True))


def accepted(**of: Any) -> list[tuple[str, str]]:
    """(type, id) of the records that were passed on, in order; ``run=…`` narrows it."""
    rows = Inbox.objects.filter(sync__isnull=False).order_by("transaction_id")
    found = [row.sync for row in rows if row.sync is not None]
    return [(one["type"], one["id"]) for one in found if all(one[name] == value for name, value in of.items())]


def bodies() -> list[Any]:
    """The bodies kept for what was passed on, in order."""
    return [orjson.loads(bytes(payload.body)) for payload in Payload.objects.order_by("id")]


def arrive(job: SyncJob, *ids: str, state: TransactionState = TransactionState.SUCCEEDED, **fields: Any) -> list[UUID]:
    """What processing does with accepted records: their inbox rows become transactions in ``state``.

    All that wait, or those of ``ids``; returns the transactions' ids.
    """
    done = []
    for row in Inbox.objects.filter(sync__isnull=False).order_by("transaction_id"):
        sync: dict[str, Any] = row.sync or {}
        if ids and sync["id"] not in ids:
            continue
        move(job, row, sync, state, **fields)
        done.append(row.transaction_id)
    return done


def move(job: SyncJob, row: Inbox, sync: dict[str, Any], state: TransactionState, **fields: Any) -> None:
    """One inbox row becomes one transaction."""
    Transaction.objects.create(
        **{
            "id": row.transaction_id,
            "event_id": row.transaction_id,
            "integration_id": sync["integration"],
            "sync_run_id": sync["run"],
            "source_id": job.interface.instance_id,
            "environment_id": job.integration.environment_id,
            "event_type": sync["type"],
            "external_id": sync["id"],
            "correlation_id": row.transaction_id,
            "retention": row.retention,
            "received_at": Now(),
            "state": state,
        }
        | fields
    )
    Inbox.objects.filter(pk=row.pk).delete()


def settled(of: SyncRun) -> SyncRun:
    """The run after somebody has looked what became of its records."""
    settle_run(of.pk)
    of.refresh_from_db()
    return of


def sql(statement: str, values: list[Any] | None = None) -> None:
    """One statement, as is."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values or [])
