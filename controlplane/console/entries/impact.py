"""How much goes through what a change touches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from controlplane.console.entries.reach import uses_of
from controlplane.console.entries.sorts import Sort
from controlplane.foundation import clock
from controlplane.foundation.pages import page_url
from controlplane.governance.rules.changed import Affected, Impact
from controlplane.inventory.models import Integration
from controlplane.transactions.selectors.traffic import Traffic, by_integration


def impact_of(sort: Sort, slug: str, entry: Mapping[str, Any], now: Mapping[str, Any] | None) -> Impact:
    """Each integration that has to do with it, with its traffic of the last day."""
    uses = uses_of(sort, slug, entry, now)
    rows = list(Integration.objects.select_related("team").filter(pk__in=uses).order_by("name", "pk"))
    if not rows:
        return Impact("Nothing works by it yet; nothing goes through it.")
    day = by_integration([row.pk for row in rows], since=clock.now() - timedelta(days=1))
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
    many = "1 integration has" if len(affected) == 1 else f"{len(affected)} integrations have"
    carried = sum(one.per_day or 0 for one in affected)
    return Impact(f"{many} to do with it; {carried:,} transactions went through in the last day.", affected)
