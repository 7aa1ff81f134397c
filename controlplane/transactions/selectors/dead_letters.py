"""What waits for a person: dead letters by their cause, and those of one cause one by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.postgres.aggregates import BoolOr
from django.db import connection
from django.db.models import Count, Max, Min

from controlplane.inventory.models import Integration
from controlplane.people.access import ALL, Access, Action
from controlplane.people.models import Person
from controlplane.transactions.masking import without_addresses
from controlplane.transactions.models import DeadLetter, Destination, StepRun, Transaction
from controlplane.transactions.rules import money

#: Causes on the page; the rest is found by searching.
CAUSES = 100
#: Letters shown of one cause.
SHOWN = 50
#: As many as one replay takes.
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Group:
    """Open dead letters of one cause: the same step of the same integration failing in the same way."""

    fingerprint: UUID
    reason: str
    error_class: str
    destination: Destination | None
    integration: Integration | None
    first: datetime
    last: datetime
    count: int
    money: str
    assignees: tuple[Person, ...]
    required: bool


@dataclass(frozen=True, slots=True)
class Letter:
    """One open dead letter: its transaction and step, what was said, and since when it waits."""

    step_run_id: UUID
    transaction_id: UUID
    key: str
    step: str
    reason: str
    amount: str
    received_at: datetime | None
    died_at: datetime


def open_count(access: Access) -> int:
    """How many dead letters wait, for this person: a small table, counted by its index."""
    return DeadLetter.objects.visible_to(access).filter(resolved_at=None).count()


def groups(access: Access) -> list[Group]:
    """Causes, most letters first."""
    waiting = DeadLetter.objects.visible_to(access).filter(resolved_at=None)
    found = list(
        waiting.values("fingerprint", "integration_id", "destination_id")
        .annotate(
            count=Count("pk"),
            first=Min("died_at"),
            last=Max("died_at"),
            words=Max("reason"),
            error=Max("error_class"),
            needed=BoolOr("required"),
        )
        .order_by("-count", "-last")[:CAUSES]
    )
    integrations = Integration.objects.in_bulk({row["integration_id"] for row in found})
    destinations = Destination.objects.select_related("instance__system").in_bulk(
        {row["destination_id"] for row in found} - {None}
    )
    causes = [row["fingerprint"] for row in found]
    amounts, assignees = _amounts(access, causes), _assignees(access, causes)
    return [
        Group(
            row["fingerprint"],
            without_addresses(row["words"]),
            row["error"],
            destinations.get(row["destination_id"]),
            integrations.get(row["integration_id"]),
            row["first"],
            row["last"],
            row["count"],
            amounts.get(row["fingerprint"], ""),
            tuple(assignees.get(row["fingerprint"], ())),
            row["needed"],
        )
        for row in found
    ]


@dataclass(frozen=True, slots=True)
class Cleared:
    """How many dead letters ended in one way lately; ``median``: half of them waited no longer."""

    kind: str
    words: str
    count: int
    last: datetime
    median: timedelta


_CLEARED = """
select resolution = 'succeeded', count(*), max(resolved_at),
  percentile_cont(0.5) within group (order by extract(epoch from resolved_at - died_at))
from dead_letter where resolved_at >= %s and (%s or integration_id = any(%s)) group by 1 order by 2 desc
"""


def cleared(access: Access, since: datetime) -> list[Cleared]:
    """What became of the dead letters that were open since then and are not any more."""
    everywhere = access.may_everywhere(Action.SEE_TRANSACTIONS)
    own = visible_integrations(access)
    with connection.cursor() as cursor:
        cursor.execute(_CLEARED, [since, everywhere, own])
        rows = cursor.fetchall()
    return [
        Cleared(
            "ok" if delivered else "off",
            "Delivered after all" if delivered else "Closed without sending",
            count,
            last,
            timedelta(seconds=float(median)),
        )
        for delivered, count, last, median in rows
    ]


def visible_integrations(access: Access) -> list[int]:
    """Ids of the integrations whose dead letters a person sees, when those are not all."""
    teams = access.teams_that(Action.SEE_TRANSACTIONS)
    return [] if teams is ALL else list(Integration.objects.filter(team_id__in=teams).values_list("id", flat=True))


def letters(access: Access, fingerprint: UUID) -> list[Letter]:
    """The newest letters of one cause."""
    rows = DeadLetter.objects.visible_to(access).filter(fingerprint=fingerprint, resolved_at=None)
    return _letters(list(rows.order_by("-died_at")[:SHOWN]))


def chosen(access: Access, step_run_ids: Iterable[UUID], fingerprints: Iterable[UUID]) -> list[UUID]:
    """The open dead letters of a selection: single ones, and whole causes; the oldest first."""
    waiting = DeadLetter.objects.visible_to(access).filter(resolved_at=None)
    rows = waiting.filter(pk__in=list(step_run_ids)) | waiting.filter(fingerprint__in=list(fingerprints))
    return list(rows.order_by("died_at").values_list("pk", flat=True)[: MOST + 1])


_AMOUNTS = """
select d.fingerprint, t.currency, sum(t.amount_minor)::bigint
from unnest(%s::uuid[]) w(fingerprint)
join dead_letter d on d.fingerprint = w.fingerprint and d.resolved_at is null
join transaction t on t.id = d.transaction_id
where t.currency <> '' and (%s or d.integration_id = any(%s))
group by 1, 2 order by 1, 3 desc
"""


def _amounts(access: Access, causes: Sequence[UUID]) -> dict[UUID, str]:
    """The money behind each cause, a sum for each currency."""
    everywhere = access.may_everywhere(Action.SEE_TRANSACTIONS)
    own = visible_integrations(access)
    found: dict[UUID, list[str]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_AMOUNTS, [list(causes), everywhere, own])
        for fingerprint, currency, total in cursor.fetchall():
            found[fingerprint].append(money.written(total, currency))
    return {fingerprint: " + ".join(sums) for fingerprint, sums in found.items()}


def _assignees(access: Access, causes: Sequence[UUID]) -> dict[UUID, list[Person]]:
    rows = DeadLetter.objects.visible_to(access).filter(fingerprint__in=causes, resolved_at=None)
    pairs = rows.exclude(assignee=None).values_list("fingerprint", "assignee_id").distinct()
    people = Person.objects.in_bulk({person for _, person in pairs})
    found: dict[UUID, list[Person]] = defaultdict(list)
    for fingerprint, person in pairs:
        found[fingerprint].append(people[person])
    return found


def _letters(rows: Sequence[DeadLetter]) -> list[Letter]:
    runs = StepRun.objects.in_bulk([row.step_run_id for row in rows])
    transactions = Transaction.objects.in_bulk([row.transaction_id for row in rows])
    return [_letter(row, runs.get(row.step_run_id), transactions.get(row.transaction_id)) for row in rows]


def _letter(row: DeadLetter, run: StepRun | None, transaction: Transaction | None) -> Letter:
    amount = money.written(transaction.amount_minor, transaction.currency) if transaction else ""
    return Letter(
        row.step_run_id,
        row.transaction_id,
        transaction.external_id if transaction else "",
        run.name if run else "",
        without_addresses(row.reason),
        amount,
        transaction.received_at if transaction else None,
        row.died_at,
    )
