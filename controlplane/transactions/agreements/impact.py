"""Who works by a contract, and how much goes through: what a change of it touches."""

from __future__ import annotations

from datetime import timedelta

from controlplane.contracts.models import Contract
from controlplane.foundation import clock
from controlplane.foundation.pages import page_url
from controlplane.governance.rules.changed import Affected, Impact
from controlplane.inventory.models import Integration
from controlplane.transactions.selectors.agreements import works_by
from controlplane.transactions.selectors.traffic import Traffic, by_integration


def impact(contract: Contract) -> Impact:
    """Each integration with its traffic of the last day."""
    uses = works_by(contract)
    day = by_integration(list(uses), since=clock.now() - timedelta(days=1))
    rows = Integration.objects.select_related("team").filter(pk__in=list(uses)).order_by("name")
    affected = [
        Affected(
            row.name,
            ", ".join(uses[row.pk]),
            row.team.name,
            day.get(row.pk, Traffic()).received,
            page_url("console:integration", row.slug),
        )
        for row in rows
    ]
    if not affected:
        return Impact("Nothing works by it yet.")
    many = "1 integration works" if len(affected) == 1 else f"{len(affected)} integrations work"
    carried = sum(one.per_day or 0 for one in affected)
    return Impact(f"{many} by it; {carried:,} transactions went through them in the last day.", affected)
