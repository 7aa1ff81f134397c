"""What began with a version of a contract: events that it set aside, and deliveries that failed by new causes since.

Which version set an event aside is known by its trace: what came before the version was published may have been judged
by it all the same.

A cause began with a version when none of its failures is older. That is no proof; it is where to look first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
from controlplane.transactions.agreements import aside
from controlplane.transactions.models import DeadLetter, ObservedBreak
from controlplane.transactions.rules.states import TransactionState
from controlplane.transactions.selectors.agreements import Judged, judged_by, works_by
from controlplane.transactions.selectors.sentences import listed_sentence

#: Counted so far; beyond it the exact number helps nobody, and costs.
COUNTED = 10_000
MOST_CAUSES = 20

#: Set aside by this contract, whichever version judged: an integration may take in events of several.
_BEFORE = """
select count(*) from (
  select from transaction t
  where t.state = %(state)s and t.error_class = 'contract' and t.integration_id = any(%(integrations)s)
    and t.source_id = any(%(sources)s) and t.event_type = any(%(types)s)
    and t.id >= %(begins)s and t.id < %(ends)s limit %(most)s) t
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

    ``before`` is of as long a time before the version; ``observed`` broke it and were let in.
    """

    begins: datetime
    ends: datetime | None
    set_aside: int
    first_at: datetime | None
    before: int
    causes: Sequence[Began]
    observed: int = 0

    @property
    def observed_shown(self) -> str:
        """How many broke it and were let in, as it is said."""
        return told(self.observed)

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
        return not self.set_aside and not self.causes and not self.observed


def effects(version: ContractVersion, access: Access) -> Effects:
    """As far as this person may see the traffic: causes of teams that are not theirs are left out."""
    integrations = list(works_by(version.contract))
    begins, ends = version.published_at, _superseded_at(version)
    until = ends or clock.now()
    set_aside, first_at = aside.counted(version, integrations, COUNTED + 1)
    before = _before(integrations, judged_by(version.contract), begins - (until - begins), begins)
    causes = _causes(integrations, begins, until, access)
    return Effects(begins, ends, set_aside, first_at, before, causes, observed_by(version))


def observed_by(version: ContractVersion) -> int:
    """How many broke this version and were let in, as it only observes; one more than ``COUNTED`` for more."""
    rows = ObservedBreak.objects.filter(contract_version=version).order_by("-id")
    return rows[: COUNTED + 1].count()


def failures(version: ContractVersion, access: Access, most: int) -> list[str]:
    """Transactions that it set aside, and the newest of each cause that began with it; of this person's teams alone."""
    integrations = _of_teams(access, list(works_by(version.contract)))
    begins, until = version.published_at, _superseded_at(version) or clock.now()
    set_aside = aside.newest(version, integrations, most)
    # Ids grow with time.
    return sorted({*map(str, set_aside), *newest_of_causes(integrations, begins, until, access)}, reverse=True)[:most]


def newest_of_causes(integrations: Sequence[int], begins: datetime, ends: datetime, access: Access) -> set[str]:
    """Of each cause that began in that time, the transaction that failed by it last."""
    causes = [one.fingerprint for one in _causes(integrations, begins, ends, access)]
    letters = DeadLetter.objects.visible_to(access).filter(fingerprint__in=causes, died_at__gte=begins)
    newest = letters.order_by("fingerprint", "-died_at").distinct("fingerprint")
    return {str(one.transaction_id) for one in newest}


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


def _before(integrations: Sequence[int], judged: Judged, begins: datetime, ends: datetime) -> int:
    """How many of what the contract judges were set aside in that time; one more than ``COUNTED`` for more."""
    asked: dict[str, Any] = {
        "state": int(TransactionState.QUARANTINED),
        "integrations": list(integrations),
        "sources": judged.sources,
        "types": judged.types,
        "begins": uuid7_floor(begins),
        "ends": uuid7_floor(ends),
        "most": COUNTED + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BEFORE, asked)
        return int(cursor.fetchone()[0])


def told(count: int) -> str:
    """A number that was counted so far: "10,000+" where there are more."""
    return f"{count:,}" if count <= COUNTED else f"{COUNTED:,}+"


def _causes(integrations: Sequence[int], begins: datetime, ends: datetime, access: Access) -> list[Began]:
    letters = DeadLetter.objects.visible_to(access).filter(integration_id__in=integrations, died_at__lt=ends)
    grouped = letters.values("fingerprint", "integration__team_id").annotate(
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
            listed_sentence(access, row["integration__team_id"], row["reason"]),
            row["step"],
            row["count"],
            row["count"] - row["settled"],
            row["first_at"],
        )
        for row in rows
    ]
