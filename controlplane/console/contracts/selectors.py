"""Contracts as pages list them, and who uses one. All of it is catalogue: open to everybody who is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from controlplane.contracts import selectors
from controlplane.contracts.models import Contract, VersionState
from controlplane.inventory.models import Integration
from controlplane.people.models import Team
from controlplane.transactions.models import FlowVersion, Normalisation
from controlplane.transactions.selectors import agreements

#: Rows of one page.
CONTRACTS: Final = 100
#: Of each kind of use that a page names; the rest are counted.
USES: Final = 100


@dataclass(frozen=True, slots=True)
class Uses:
    """Who uses a contract: what is judged by it, flows that stand on it, and whose integrations these are."""

    judged: list[Normalisation]
    flows: list[tuple[FlowVersion, str]]
    integrations: list[Integration]
    teams: list[Team]

    def __bool__(self) -> bool:
        return bool(self.judged or self.flows or self.integrations)


def listed(*, team: str, format_: str, text: str) -> QuerySet[Contract]:
    """Contracts by slug, each with ``newest``, and of how many events at how many interfaces it is the judge."""
    found = selectors.contracts(team=team, format_=format_, text=text)
    return found.annotate(events=_counted("pk"), doors=_counted("interface", distinct=True))


def _counted(of: str, *, distinct: bool = False) -> Coalesce:
    judged = Normalisation.objects.filter(contract_version__contract=OuterRef("pk")).order_by()
    count = judged.values("contract_version__contract").annotate(number=Count(of, distinct=distinct)).values("number")
    return Coalesce(Subquery(count, output_field=IntegerField()), Value(0))


def agreed_for(integration: Integration) -> list[Contract]:
    """The contracts that it works by."""
    contracts = Contract.objects.select_related("team").filter(pk__in=agreements.contracts_of(integration))
    return list(contracts.order_by("name")[:USES])


def uses_of(contract: Contract) -> Uses:
    """Everything that stands on it."""
    judged = Normalisation.objects.filter(contract_version__contract=contract)
    integrations = Integration.objects.filter(pk__in=agreements.integrations_of(contract))
    found = list(integrations.select_related("team", "environment").order_by("name")[:USES])
    return Uses(
        list(
            judged.select_related("interface__instance__system", "contract_version").order_by(
                "event_type", "interface__slug"
            )[:USES]
        ),
        _flows(contract),
        found,
        sorted({one.team for one in found}, key=lambda team: team.name),
    )


def _flows(contract: Contract) -> list[tuple[FlowVersion, str]]:
    """Published flows that are pinned to one of its versions, and how."""
    pinned = Q(source_contract__contract=contract) | Q(target_contract__contract=contract)
    live = FlowVersion.objects.filter(pinned, state=VersionState.PUBLISHED).order_by("flow__name")
    found = live.select_related("flow__integration", "source_contract", "target_contract")[:USES]
    return [(one, _how(one, contract)) for one in found]


def _how(flow: FlowVersion, contract: Contract) -> str:
    pins: list[tuple[str, Any]] = [("reads", flow.source_contract), ("writes", flow.target_contract)]
    said = [f"{how} version {pin.number}" for how, pin in pins if pin is not None and pin.contract_id == contract.pk]
    return " and ".join(said)
