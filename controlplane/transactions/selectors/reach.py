"""Where an integration goes: the destinations of its flows as they are published now. Part of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.db import connection

from controlplane.contracts.models import VersionState
from controlplane.transactions.models import Destination, FlowVersion


def flows(ids: Iterable[int]) -> Mapping[int, list[FlowVersion]]:
    """The published flow versions of these integrations, by name."""
    found: dict[int, list[FlowVersion]] = {}
    versions = FlowVersion.objects.filter(flow__integration_id__in=list(ids), state=VersionState.PUBLISHED)
    for version in versions.select_related("flow").order_by("flow__name"):
        found.setdefault(version.flow.integration_id, []).append(version)
    return found


def destinations(published: Mapping[int, list[FlowVersion]]) -> Mapping[int, list[Destination]]:
    """What each integration's flows write to or ask, in the order of their steps, each once."""
    named = {
        integration: list(dict.fromkeys(slug for version in versions for slug in _named(version)))
        for integration, versions in published.items()
    }
    wanted = {slug for slugs in named.values() for slug in slugs}
    known = {one.slug: one for one in Destination.objects.filter(slug__in=wanted).select_related("instance__system")}
    return {integration: [known[slug] for slug in slugs if slug in known] for integration, slugs in named.items()}


class Written(NamedTuple):
    """An integration writes to an instance, and proves itself by a credential where the destination names one."""

    integration_id: int
    instance_id: int
    credential_id: int | None


#: Read out of the steps by the database: an estate has thousands of flows.
_WRITTEN = """
select distinct f.integration_id, d.instance_id, d.credential_id
from transactions_flowversion v
join transactions_flow f on f.id = v.flow_id
cross join lateral jsonb_array_elements(v.steps) step
join transactions_destination d on d.slug = step ->> 'destination'
where v.state = 'published'
order by 1, 2, 3
"""


def written() -> list[Written]:
    """Which instances all published flows write to or ask, each once."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITTEN)
        return [Written(*row) for row in cursor.fetchall()]


def _named(version: FlowVersion) -> list[str]:
    return [step["destination"] for step in version.steps if step.get("destination")]
