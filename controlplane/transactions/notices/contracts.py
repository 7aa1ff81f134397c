"""New versions of contracts that one's integrations work by: what changed, and where it was decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast

from controlplane.contracts.models import ContractVersion, VersionState
from controlplane.contracts.selectors import PUBLISHED_AT
from controlplane.governance.rules.changed import Level
from controlplane.people.access import ALL, Access, Action
from controlplane.people.notices import Notice, Rows, Source
from controlplane.transactions.models import Endpoint, FlowVersion, Normalisation

#: For so long it is news.
TOLD: Final = timedelta(days=90)


def _rows(access: Access, now: datetime) -> Sequence[Rows]:
    decided = ContractVersion.objects.filter(state=VersionState.PUBLISHED, change__isnull=False, number__gt=1)
    recent = decided.annotate(at=PUBLISHED_AT).filter(at__gte=now - TOLD)
    mine = recent.filter(_worked_by(access)).annotate(cause=Cast("pk", TextField()))
    return [mine.values("cause", "at")]


def _worked_by(access: Access) -> Q:
    """A flow of an integration that this person looks after works by it, or it comes in at its door."""
    teams = access.teams_that(Action.CONFIGURE)
    contract = OuterRef("contract_id")
    flows = FlowVersion.objects.filter(
        Q(source_contract__contract=contract) | Q(target_contract__contract=contract), state=VersionState.PUBLISHED
    )
    judged = Normalisation.objects.filter(contract_version__contract=OuterRef(contract))
    doors = Endpoint.objects.filter(active=True, interface__in=judged.values("interface"))
    if teams is not ALL:
        flows = flows.filter(flow__integration__team_id__in=teams)
        doors = doors.filter(integration__team_id__in=teams)
    return Q(Exists(flows)) | Q(Exists(doors))


def _told(_access: Access, causes: Sequence[str]) -> Mapping[str, Notice]:
    return {str(version.pk): _notice(version) for version in _known(causes)}


def _notice(version: ContractVersion) -> Notice:
    change = version.change
    if change is None or change.current is None:
        return Notice("ok", f"{version} was published", "", "")
    levels = Counter(one.get("level") for one in change.current.diff)
    counted = ", ".join(f"{levels[level.value]} {level.value}" for level in Level if levels[level.value])
    detail = f"{change.current.title}: {counted}" if counted else change.current.title
    kind = "warn" if levels[Level.BREAKING.value] else "ok"
    return Notice(kind, f"{version} was published", detail, change.get_absolute_url())


def _known(causes: Sequence[str]) -> QuerySet[ContractVersion]:
    wanted = ContractVersion.objects.filter(pk__in=[int(cause) for cause in causes])
    return wanted.select_related("contract", "change__current")


SOURCE: Final = Source(
    "New versions of contracts that my integrations work by",
    lambda access: access.may_somewhere(Action.CONFIGURE),
    _rows,
    _told,
)
