"""What waits for a person: dead letters by their cause, those of one cause, and what became of the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.contrib.postgres.aggregates import BoolOr
from django.db import connection
from django.db.models import Count, Max, Min, Q

from controlplane.foundation import clock
from controlplane.inventory.environments import integrations_of
from controlplane.inventory.models import Integration
from controlplane.people.access import ALL, Access, Action
from controlplane.people.models import Membership, Person, Team
from controlplane.transactions.models import Cause, DeadLetter, Destination, StepRun, Transaction
from controlplane.transactions.models.steps import DeadLetterQuerySet
from controlplane.transactions.rules import money
from controlplane.transactions.selectors.sentences import listed_sentence

#: Causes on the page; the rest is found by searching.
CAUSES = 100
#: Letters shown of one cause.
SHOWN = 50
#: As many as one replay takes.
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Group:
    """Open dead letters of one cause: the same step of the same integration failing in the same way.

    ``cause`` is what people decided about it; ``new`` counts letters since it was put aside, or else acknowledged.
    """

    fingerprint: UUID
    reason: str
    error_class: str
    destination: Destination | None
    integration: Integration | None
    first: datetime
    last: datetime
    count: int
    money: str
    assignees: tuple[Person | Team, ...]
    required: bool
    cause: Cause | None = None
    new: int = 0


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
    assignee: Person | Team | None = None
    edits: int = 0


def open_count(access: Access) -> int:
    """How many dead letters wait, for this person: a small table, counted by its index."""
    return DeadLetter.objects.listed_for(access).filter(resolved_at=None).count()


class Show(StrEnum):
    """Which causes a list shows."""

    WAITING = "waiting"
    MINE = "mine"
    UNASSIGNED = "unassigned"
    SNOOZED = "snoozed"


def open_letters(access: Access, show: Show | None = None) -> DeadLetterQuerySet:
    """Open letters of this person's teams; with ``show``, of the causes that the list shows where they look."""
    if show is None:
        return DeadLetter.objects.visible_to(access).filter(resolved_at=None)
    letters = DeadLetter.objects.listed_for(access).filter(resolved_at=None)
    causes = Cause.objects.visible_to(access)
    snoozed = causes.filter(snoozed_until__gt=clock.now()).values("fingerprint")
    if show is Show.SNOOZED:
        return letters.filter(fingerprint__in=snoozed)
    letters = letters.exclude(fingerprint__in=snoozed)
    if show is Show.MINE:
        teams = Membership.objects.filter(person_id=access.person_id).exclude(team=None).values("team_id")
        mine = Q(assignee_id=access.person_id) | Q(team_id__in=teams)
        return letters.filter(mine | Q(fingerprint__in=causes.filter(mine).values("fingerprint")))
    if show is Show.UNASSIGNED:
        taken = causes.filter(Q(assignee__isnull=False) | Q(team__isnull=False)).values("fingerprint")
        return letters.filter(assignee=None, team=None).exclude(fingerprint__in=taken)
    return letters


def shown_counts(access: Access) -> dict[Show, int]:
    """How many causes each list shows."""
    if not access.person_id:
        return dict.fromkeys(Show, 0)
    return {show: open_letters(access, show).values("fingerprint").distinct().count() for show in Show}


def stirred(access: Access) -> int:
    """Causes that are put aside and have got new letters since."""
    snoozed = Cause.objects.listed_for(access).filter(snoozed_until__gt=clock.now())
    return len(_new(access, list(snoozed)))


def groups(access: Access, show: Show | None = None) -> list[Group]:
    """Causes, most letters first."""
    found = list(
        open_letters(access, show)
        .values("fingerprint", "integration_id", "destination_id")
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
    fingerprints = [row["fingerprint"] for row in found]
    sums, assignees = amounts(access, fingerprints), _assignees(access, fingerprints)
    causes = Cause.objects.select_related("assignee", "team", "acknowledged_by").in_bulk(fingerprints)
    new = _new(access, list(causes.values()))
    return [
        Group(
            row["fingerprint"],
            listed_sentence(access, _team(integrations.get(row["integration_id"])), row["words"]),
            row["error"],
            destinations.get(row["destination_id"]),
            integrations.get(row["integration_id"]),
            row["first"],
            row["last"],
            row["count"],
            sums.get(row["fingerprint"], ""),
            _all_assignees(causes.get(row["fingerprint"]), assignees.get(row["fingerprint"], ())),
            row["needed"],
            causes.get(row["fingerprint"]),
            new.get(row["fingerprint"], 0),
        )
        for row in found
    ]


def _team(integration: Integration | None) -> int | None:
    return integration.team_id if integration else None


def _all_assignees(cause: Cause | None, single: Iterable[Person | Team]) -> tuple[Person | Team, ...]:
    """Of the whole cause first, then of single letters of it."""
    whole = [one for one in (cause.assignee, cause.team) if one is not None] if cause else []
    return tuple(dict.fromkeys([*whole, *single]))


def _new(access: Access, causes: Sequence[Cause]) -> dict[UUID, int]:
    """Letters that have come since a cause was put aside, or else since somebody acknowledged it."""
    since = {one.pk: one.snoozed_at or one.acknowledged_at for one in causes}
    later = Q()
    for fingerprint, at in since.items():
        if at is not None:
            later |= Q(fingerprint=fingerprint, died_at__gt=at)
    if not later:
        return {}
    rows = open_letters(access).filter(later).order_by().values_list("fingerprint").annotate(Count("pk"))
    return dict(rows)


@dataclass(frozen=True, slots=True)
class Cleared:
    """How many dead letters ended in one way lately; ``median``: half of them waited no longer."""

    kind: str
    words: str
    count: int
    last: datetime
    median: timedelta


_CLEARED = """
select case when d.resolution = 'superseded' then 'superseded' when d.resolution like 'expired:%%' then 'expired'
    when d.resolution <> 'succeeded' then 'dropped'
    when s.revision > 0 then 'edited' else 'succeeded' end,
  count(*), max(d.resolved_at),
  percentile_cont(0.5) within group (order by extract(epoch from d.resolved_at - d.died_at))
from dead_letter d left join step_run s on s.id = d.step_run_id
where d.resolved_at >= %s and (%s or d.integration_id = any(%s)) group by 1 order by 2 desc
"""
#: How a letter ends: its shape, and in words.
ENDINGS = {
    "succeeded": ("ok", "Delivered after all"),
    "edited": ("ok", "Edited, then delivered"),
    "superseded": ("ok", "Superseded by a newer event"),
    "dropped": ("off", "Closed without sending"),
    "expired": ("bad", "Not sent in time"),
}


def cleared(access: Access, since: datetime) -> list[Cleared]:
    """What became of the dead letters that were open since then and are not any more."""
    listed = listed_integrations(access)
    with connection.cursor() as cursor:
        cursor.execute(_CLEARED, [since, listed is None, listed or []])
        rows = cursor.fetchall()
    return [
        Cleared(*ENDINGS[ending], count, last, timedelta(seconds=float(median))) for ending, count, last, median in rows
    ]


def listed_integrations(access: Access) -> list[int] | None:
    """Ids of the integrations whose dead letters a person's lists have; None for all."""
    teams = access.teams_that(Action.SEE_TRANSACTIONS)
    if teams is ALL and access.within is None:
        return None
    found = integrations_of(access)
    return list((found if teams is ALL else found.filter(team_id__in=teams)).values_list("id", flat=True))


def visible_integrations(access: Access) -> list[int]:
    """Ids of the integrations whose dead letters a person sees, when those are not all."""
    teams = access.teams_that(Action.SEE_TRANSACTIONS)
    return [] if teams is ALL else list(Integration.objects.filter(team_id__in=teams).values_list("id", flat=True))


def letters(
    access: Access, fingerprint: UUID, *, after: tuple[datetime, UUID] | None = None, size: int = SHOWN
) -> list[Letter]:
    """Open letters of one cause, the newest first; a page after the letter that died at that time and has that id."""
    rows = open_letters(access).filter(fingerprint=fingerprint)
    if after is not None:
        rows = rows.filter(died_at__lte=after[0]).exclude(died_at=after[0], step_run_id__gte=after[1])
    return _letters(
        access, list(rows.select_related("assignee", "team", "integration").order_by("-died_at", "-step_run_id")[:size])
    )


def chosen(access: Access, step_run_ids: Iterable[UUID], fingerprints: Iterable[UUID]) -> list[UUID]:
    """The open dead letters of a selection: single ones, and whole causes; the oldest first."""
    waiting = DeadLetter.objects.visible_to(access).filter(resolved_at=None)
    rows = waiting.filter(pk__in=list(step_run_ids)) | waiting.filter(fingerprint__in=list(fingerprints))
    return list(rows.order_by("died_at").values_list("pk", flat=True)[: MOST + 1])


_AMOUNTS = """
select d.fingerprint, t.currency, sum(t.amount_minor)
from unnest(%s::uuid[]) w(fingerprint)
join dead_letter d on d.fingerprint = w.fingerprint and d.resolved_at is null
join transaction t on t.id = d.transaction_id
where t.currency <> '' and (%s or d.integration_id = any(%s))
group by 1, 2 order by 1, 3 desc
"""


def amounts(access: Access, causes: Sequence[UUID]) -> dict[UUID, str]:
    """The money behind each cause, a sum for each currency."""
    everywhere = access.may_everywhere(Action.SEE_TRANSACTIONS)
    own = visible_integrations(access)
    found: dict[UUID, list[str]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_AMOUNTS, [list(causes), everywhere, own])
        for fingerprint, currency, total in cursor.fetchall():
            found[fingerprint].append(money.written(int(total), currency))
    return {fingerprint: " + ".join(sums) for fingerprint, sums in found.items()}


def _assignees(access: Access, causes: Sequence[UUID]) -> dict[UUID, list[Person | Team]]:
    rows = open_letters(access).filter(fingerprint__in=causes).exclude(assignee=None, team=None).order_by()
    pairs = list(rows.values_list("fingerprint", "assignee_id", "team_id").distinct())
    people = Person.objects.in_bulk({person for _, person, _ in pairs} - {None})
    teams = Team.objects.in_bulk({team for _, _, team in pairs} - {None})
    found: dict[UUID, list[Person | Team]] = defaultdict(list)
    for fingerprint, person, team in pairs:
        found[fingerprint].append(people[person] if person is not None else teams[team])
    return found


def _letters(access: Access, rows: Sequence[DeadLetter]) -> list[Letter]:
    runs = StepRun.objects.in_bulk([row.step_run_id for row in rows])
    transactions = Transaction.objects.in_bulk([row.transaction_id for row in rows])
    return [_letter(access, row, runs.get(row.step_run_id), transactions.get(row.transaction_id)) for row in rows]


def _letter(access: Access, row: DeadLetter, run: StepRun | None, transaction: Transaction | None) -> Letter:
    amount = money.written(transaction.amount_minor, transaction.currency) if transaction else ""
    return Letter(
        row.step_run_id,
        row.transaction_id,
        (transaction.about or transaction.external_id) if transaction else "",
        run.name if run else "",
        listed_sentence(access, row.integration.team_id, row.reason),
        amount,
        transaction.received_at if transaction else None,
        row.died_at,
        row.assignee or row.team,
        run.revision if run else 0,
    )
