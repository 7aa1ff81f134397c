"""Who works by a contract, and how much goes through: what a change of it touches."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.db.models import Q
from django.urls import NoReverseMatch, reverse

from controlplane.contracts.models import Contract, ContractVersion, VersionState
from controlplane.foundation import clock
from controlplane.governance.rules.changed import Affected, Impact
from controlplane.inventory.models import Integration
from controlplane.transactions.models import FlowVersion, Normalisation
from controlplane.transactions.selectors.traffic import Traffic, by_integration

#: By its flows, by what comes in at its door, and by the door that its flows listen at.
_WORKS_BY = """
select f.integration_id, 'carries it on' as use
from transactions_flowversion v join transactions_flow f on f.id = v.flow_id
join contracts_contractversion c on c.id in (v.source_contract_id, v.target_contract_id)
where v.state = 'published' and c.contract_id = %(contract)s
union
select e.integration_id, 'takes it in'
from transactions_endpoint e
join transactions_normalisation n on n.interface_id = e.interface_id
join contracts_contractversion c on c.id = n.contract_version_id
where e.active and c.contract_id = %(contract)s
union
select f.integration_id, 'reads it'
from transactions_normalisation n
join contracts_contractversion c on c.id = n.contract_version_id
join transactions_route r on r.active and (r.interface_id = n.interface_id or r.interface_id is null)
  and r.event_type = n.canonical_type
join transactions_flow f on f.id = r.flow_id
where c.contract_id = %(contract)s
"""


def works_by(contract: Contract) -> dict[int, list[str]]:
    """Integrations with how they use it, in words."""
    found: dict[int, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_WORKS_BY, {"contract": contract.pk})
        for integration, use in sorted(cursor.fetchall()):
            found.setdefault(integration, []).append(use)
    return found


def users(version: ContractVersion) -> list[str]:
    """Events that are judged by just this version, and live flows that are pinned to it, in words."""
    judged = Normalisation.objects.filter(contract_version=version).select_related("interface").order_by("pk")
    pinned = FlowVersion.objects.filter(
        Q(source_contract=version) | Q(target_contract=version), state=VersionState.PUBLISHED
    )
    flows = pinned.select_related("flow__integration").order_by("flow__name")
    return [
        *(f"{one.event_type} at {one.interface.name}" for one in judged),
        *(f"{one.flow.name} of {one.flow.integration.name}" for one in flows),
    ]


def impact(contract: Contract) -> Impact:
    """Each integration with its traffic of the last day."""
    uses = works_by(contract)
    day = by_integration(list(uses), since=clock.now() - timedelta(days=1))
    rows = Integration.objects.select_related("team").filter(pk__in=list(uses)).order_by("name")
    affected = [
        Affected(row.name, ", ".join(uses[row.pk]), row.team.name, day.get(row.pk, Traffic()).received, _page(row))
        for row in rows
    ]
    if not affected:
        return Impact("Nothing works by it yet.")
    many = "1 integration works" if len(affected) == 1 else f"{len(affected)} integrations work"
    carried = sum(one.per_day or 0 for one in affected)
    return Impact(f"{many} by it; {carried:,} transactions went through them in the last day.", affected)


def _page(row: Integration) -> str:
    try:
        return reverse("console:integration", args=[row.slug])
    except NoReverseMatch:  # without the pages of the app above
        return ""
