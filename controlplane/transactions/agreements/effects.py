"""What began with a version of a contract: events that it set aside, and deliveries that failed by new causes since.

A cause began with a version when none of its failures is older. That is no proof; it is where to look first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Max, Min, Q

from controlplane.contracts.models import CanaryState, ContractVersion, VersionState
from controlplane.foundation import clock
from controlplane.foundation.ids import uuid7_floor
from controlplane.inventory.models import Integration
from controlplane.people.access import ALL, Access, Action
from controlplane.transactions.masking import without_addresses
from controlplane.transactions.models import DeadLetter
from controlplane.transactions.rules.states import TransactionState
from controlplane.transactions.selectors.agreements import Judged, judged_by, works_by

#: Counted so far; beyond it the exact number helps nobody, and costs.
COUNTED = 10_000
MOST_CAUSES = 20

#: Set aside by just this contract: an integration may take in events of several.
_ASIDE = """
from transaction t
where t.state = %(state)s and t.error_class = 'contract' and t.integration_id = any(%(integrations)s)
  and t.source_id = any(%(sources)s) and t.event_type = any(%(types)s)
  and t.id >= %(begins)s and t.id < %(ends)s
"""
_COUNTED = f"select count(*), min(received_at) from (select t.received_at {_ASIDE} order by t.id limit %(most)s) t"
_NAMED = f"select t.id {_ASIDE} order by t.id desc limit %(most)s"


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

    ``before`` is of as long a time before the version.
    """

    begins: datetime
    ends: datetime | None
    set_aside: int
    first_at: datetime | None
    before: int
    causes: Sequence[Began]

    @property
    def aside_shown(self) -> str:
        """How many were set aside, as it is said."""
        return told(self.set_aside)

    @property
    def before_shown(self) -> str:
        """How many before, as it is said."""
        return told(self.before)

    @property
    def none(self) -> bool:
        """Whether nothing began with it."""
        return not self.set_aside and not self.causes


def effects(version: ContractVersion, access: Access) -> Effects:
    """As far as this person may see the traffic: causes of teams that are not theirs are left out."""
    integrations = list(works_by(version.contract))
    begins, ends = version.published_at, _superseded_at(version)
    until = ends or clock.now()
    during = _Asked(integrations, judged_by(version.contract), begins, until)
    set_aside, first_at = during.counted()
    before, _ = replace(during, begins=begins - (until - begins), ends=begins).counted()
    return Effects(begins, ends, set_aside, first_at, before, _causes(integrations, begins, until, access))


def failures(version: ContractVersion, access: Access, most: int) -> list[str]:
    """Transactions that it set aside, and the newest of each cause that began with it; of this person's teams alone."""
    integrations = _of_teams(access, list(works_by(version.contract)))
    begins, until = version.published_at, _superseded_at(version) or clock.now()
    aside = _Asked(integrations, judged_by(version.contract), begins, until).named(most)
    causes = [one.fingerprint for one in _causes(integrations, begins, until, access)]
    letters = DeadLetter.objects.visible_to(access).filter(fingerprint__in=causes, died_at__gte=begins)
    newest = letters.order_by("fingerprint", "-died_at").distinct("fingerprint")
    # Ids grow with time.
    return sorted({*aside, *(str(one.transaction_id) for one in newest)}, reverse=True)[:most]


def _of_teams(access: Access, integrations: Sequence[int]) -> list[int]:
    """Those whose transactions this person may see."""
    teams = access.teams_that(Action.SEE_TRANSACTIONS)
    rows = Integration.objects.filter(pk__in=integrations)
    return list((rows if teams is ALL else rows.filter(team__in=teams)).values_list("pk", flat=True))


def _superseded_at(version: ContractVersion) -> datetime | None:
    """When the next one took its place, whatever has become of that since."""
    later = ContractVersion.objects.filter(contract=version.contract_id, number__gt=version.number)
    never_held = Q(state__in=[VersionState.DRAFT, VersionState.CANARY]) | Q(canary__state=CanaryState.HALTED)
    following = later.exclude(never_held).select_related("change").order_by("number").first()
    return following.published_at if following else None


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was set aside: of these integrations, of what the contract judges, in that time."""

    integrations: Sequence[int]
    judged: Judged
    begins: datetime
    ends: datetime

    def counted(self) -> tuple[int, datetime | None]:
        """How many, and since when; one more than ``COUNTED`` where there are more."""
        with connection.cursor() as cursor:
            cursor.execute(_COUNTED, self._values(COUNTED + 1))
            count, first_at = cursor.fetchone()
        return count, first_at

    def named(self, most: int) -> list[str]:
        """The ids of the newest."""
        with connection.cursor() as cursor:
            cursor.execute(_NAMED, self._values(most))
            return [str(identifier) for (identifier,) in cursor.fetchall()]

    def _values(self, most: int) -> dict[str, Any]:
        return {
            "state": int(TransactionState.QUARANTINED),
            "integrations": list(self.integrations),
            "sources": self.judged.sources,
            "types": self.judged.types,
            "begins": uuid7_floor(self.begins),
            "ends": uuid7_floor(self.ends),
            "most": most,
        }


def told(count: int) -> str:
    """A number that was counted so far: "10,000+" where there are more."""
    return f"{count:,}" if count <= COUNTED else f"{COUNTED:,}+"


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
