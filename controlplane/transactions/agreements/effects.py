"""What began with a version of a contract: events that it set aside, and deliveries that failed by new causes since.

A cause began with a version when none of its failures is older. That is no proof; it is where to look first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Max, Min

from controlplane.contracts.models import ContractVersion, VersionState
from controlplane.foundation import clock
from controlplane.foundation.ids import uuid7_floor
from controlplane.inventory.models import Integration
from controlplane.people.access import ALL, Access, Action
from controlplane.transactions.agreements.readers import works_by
from controlplane.transactions.masking import without_addresses
from controlplane.transactions.models import DeadLetter
from controlplane.transactions.rules.states import TransactionState

#: Counted so far; beyond it the exact number helps nobody, and costs.
COUNTED = 10_000
MOST_CAUSES = 20

_SET_ASIDE = """
select count(*), min(received_at) from (
  select t.received_at from transaction t
  where t.state = %(state)s and t.error_class = 'contract' and t.integration_id = any(%(integrations)s)
    and t.id >= %(begins)s and t.id < %(ends)s
  order by t.id limit %(most)s) t
"""
_NAMED = """
select t.id from transaction t
where t.state = %(state)s and t.error_class = 'contract' and t.integration_id = any(%(integrations)s)
  and t.id >= %(begins)s and t.id < %(ends)s
order by t.id desc limit %(most)s
"""


@dataclass(frozen=True, slots=True)
class Began:
    """A cause of failures that is no older than the version."""

    fingerprint: UUID
    error_class: str
    reason: str
    step: str
    count: int
    waiting: int
    first_at: datetime


@dataclass(frozen=True, slots=True)
class Effects:
    """From ``begins`` to ``ends`` (None: until now): set aside by its contract, since when, and so many before it.

    ``before`` is of as long a time before the version. Numbers above ``COUNTED`` are "at least".
    """

    begins: datetime
    ends: datetime | None
    set_aside: int
    first_at: datetime | None
    before: int
    causes: Sequence[Began]

    @property
    def none(self) -> bool:
        """Whether nothing began with it."""
        return not self.set_aside and not self.causes


def effects(version: ContractVersion, access: Access) -> Effects:
    """As far as this person may see the traffic: causes of teams that are not theirs are left out."""
    now = clock.now()
    integrations = list(works_by(version.contract))
    begins, ends = version.created_at, _superseded_at(version)
    until = ends or now
    set_aside, first_at = _set_aside(integrations, begins, until)
    before, _ = _set_aside(integrations, begins - (until - begins), begins)
    return Effects(begins, ends, set_aside, first_at, before, _causes(integrations, begins, until, access))


def failures(version: ContractVersion, access: Access, most: int) -> list[str]:
    """Transactions that it set aside, and one of each cause that began with it; of this person's teams alone."""
    integrations = _of_teams(access, list(works_by(version.contract)))
    begins, until = version.created_at, _superseded_at(version) or clock.now()
    with connection.cursor() as cursor:
        cursor.execute(_NAMED, _asked(integrations, begins, until, most))
        aside = [str(identifier) for (identifier,) in cursor.fetchall()]
    causes = [one.fingerprint for one in _causes(integrations, begins, until, access)]
    letters = DeadLetter.objects.visible_to(access).filter(fingerprint__in=causes, died_at__gte=begins)
    newest = letters.order_by("fingerprint", "-died_at").distinct("fingerprint")
    return [*(str(one.transaction_id) for one in newest), *aside][:most]


def _of_teams(access: Access, integrations: Sequence[int]) -> list[int]:
    """Those whose transactions this person may see."""
    teams = access.teams_that(Action.SEE_TRANSACTIONS)
    rows = Integration.objects.filter(pk__in=integrations)
    return list((rows if teams is ALL else rows.filter(team__in=teams)).values_list("pk", flat=True))


def _superseded_at(version: ContractVersion) -> datetime | None:
    """When the next one took its place."""
    later = ContractVersion.objects.filter(
        contract=version.contract_id, number__gt=version.number, state=VersionState.PUBLISHED
    )
    following = later.order_by("number").first()
    return following.created_at if following else None


def _set_aside(integrations: Sequence[int], begins: datetime, ends: datetime) -> tuple[int, datetime | None]:
    with connection.cursor() as cursor:
        cursor.execute(_SET_ASIDE, _asked(integrations, begins, ends, COUNTED + 1))
        count, first_at = cursor.fetchone()
    return count, first_at


def _asked(integrations: Sequence[int], begins: datetime, ends: datetime, most: int) -> dict[str, Any]:
    return {
        "state": int(TransactionState.QUARANTINED),
        "integrations": list(integrations),
        "begins": uuid7_floor(begins),
        "ends": uuid7_floor(ends),
        "most": most,
    }


def _causes(integrations: Sequence[int], begins: datetime, ends: datetime, access: Access) -> list[Began]:
    letters = DeadLetter.objects.visible_to(access).filter(integration_id__in=integrations, died_at__lt=ends)
    grouped = letters.values("fingerprint").annotate(
        first_at=Min("died_at"),
        count=Count("pk"),
        settled=Count("resolved_at"),
        error_class=Max("error_class"),
        reason=Max("reason"),
        step=Max("step"),
    )
    rows = grouped.filter(first_at__gte=begins).order_by("-count", "first_at")[:MOST_CAUSES]
    return [
        Began(
            row["fingerprint"],
            row["error_class"],
            without_addresses(row["reason"]),
            row["step"],
            row["count"],
            row["count"] - row["settled"],
            row["first_at"],
        )
        for row in rows
    ]
