"""What can concern somebody, made; and what they are told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from controlplane.console.notifications.reading import count_new, for_you
from controlplane.foundation import clock
from controlplane.foundation.ids import uuid7
from controlplane.people import oneself
from controlplane.people.access import access_for
from controlplane.people.models import Account
from controlplane.sync.models import SyncJob, SyncRun
from controlplane.sync.rules.states import RunKind, RunState
from controlplane.transactions.dead_letters.assign import assign
from controlplane.transactions.models import DeadLetter, DestinationState, Export, ExportState, Replay
from tests.transactions.factories import Estate

CAUSE = UUID("0193a000-0000-7000-8000-000000000001")


def lines(account: Account) -> list[tuple[str, str, str]]:
    """What the page tells: what, detail, address."""
    found = for_you(account, access_for(account), clock.now())
    return [(line.notice.what, line.notice.detail, line.notice.url) for line in found.lines]


def new(account: Account) -> int:
    account.refresh_from_db()
    return count_new(account, access_for(account), clock.now())


def looked(account: Account) -> None:
    """She looks at the page now."""
    oneself.have_seen(account, clock.now())


def died(here: Estate, count: int = 1, cause: UUID = CAUSE, at: datetime | None = None) -> list[UUID]:
    letters = [
        DeadLetter(
            step_run_id=uuid7(),
            transaction_id=uuid7(),
            integration=here.integration,
            destination=here.to_erp,
            fingerprint=cause,
            error_class="rejected",
            reason="No party for ada@example.com",
            required=True,
            died_at=at or clock.now(),
        )
        for _ in range(count)
    ]
    return [one.pk for one in DeadLetter.objects.bulk_create(letters)]


def give(by: Account, to: Account, causes: tuple[UUID, ...] = (), letters: list[UUID] | None = None) -> None:
    assign(access_for(by), causes=causes, letters=letters or [], to=f"person:{to.person_id}")


def a_replay(here: Estate, by: Account, **fields: Any) -> Replay:
    plain = {"reason": "The ledger is back.", "total": 1200, "team": here.team, "requested_by": by.person}
    return Replay.objects.create(**plain | fields)


def an_export(of: Account, state: ExportState, ago: timedelta = timedelta(), **fields: Any) -> Export:
    now = clock.now()
    return Export.objects.create(
        requested_by=of.person, account=of, asked_at=now, due_at=now, state=state, finished_at=now - ago, **fields
    )


def a_job(here: Estate, slug: str = "parties") -> SyncJob:
    return SyncJob.objects.create(
        slug=slug,
        name=slug.title(),
        integration=here.integration,
        interface=here.interface,
        stream="party",
        event_type="party.changed",
    )


def ran(job: SyncJob, state: RunState, ago: timedelta = timedelta(), **fields: Any) -> SyncRun:
    at = clock.now() - ago
    return SyncRun.objects.create(
        job=job, slot=at, kind=fields.pop("kind", RunKind.SCHEDULED), state=state, finished_at=at, **fields
    )


def in_trouble(here: Estate, **fields: Any) -> None:
    DestinationState.objects.filter(destination=here.to_erp).update(**fields)
