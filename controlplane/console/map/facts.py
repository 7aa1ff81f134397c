"""Facts about what stands on a subject, for change requests and policies: registered under ``evidence``.

Each takes a subject as the audit names it, its id being the slug or, for an integration, also its key; and gives None
for what cannot stop or is not there, so that whoever asks says "not measured" and never "nothing".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from django.urls import reverse

from controlplane.audit.models import Subject
from controlplane.console.map import estate as estates
from controlplane.console.map import impact as impacts
from controlplane.console.map.impact import Impact
from controlplane.foundation import clock
from controlplane.foundation.errors import Problem
from controlplane.governance.rules.changed import Affected
from controlplane.governance.rules.changed import Impact as Measured
from controlplane.inventory.models import Integration
from controlplane.transactions.selectors import volume
from controlplane.transactions.selectors.volume import Customers


def standing_on(subject: Subject) -> Impact | None:
    """Everything that stands on it, in all environments."""
    estate = estates.read(None)
    graph = estate.graph
    try:
        of = impacts.asked(f"{subject.kind}:{_slug(subject)}", graph)
    except Problem:
        return None
    return impacts.impact(estate, graph, of, clock.now())


def measured(subject: Subject) -> Measured | None:
    """The same as a change request shows it."""
    found = standing_on(subject)
    if found is None:
        return None
    affected = [
        Affected(
            name=one.integration.name,
            use=one.how,
            owner=(one.integration.owner or one.integration.team).name,
            per_day=None if one.per_day is None else round(one.per_day),
            url=reverse("console:integration", args=[one.integration.slug]),
        )
        for one in found.struck
    ]
    return Measured(found.sentence, affected)


def integrations(subject: Subject) -> Sequence[str] | None:
    """The slugs of the integrations that stop or wait."""
    found = standing_on(subject)
    return None if found is None else [one.integration.slug for one in found.struck]


def processes(subject: Subject) -> Sequence[str] | None:
    """The slugs of the business processes that are hit."""
    found = standing_on(subject)
    return None if found is None else [one.process.slug for one in found.processes]


def people(subject: Subject) -> Sequence[str] | None:
    """The ids of the persons to call: owners and deputies."""
    found = standing_on(subject)
    return None if found is None else [str(one.person.pk) for one in found.people]


def daily_volume(subject: Subject) -> float | None:
    """Transactions a day over the last 30."""
    found = standing_on(subject)
    return None if found is None else found.per_day


def customers(subject: Subject) -> Customers | None:
    """Customers of the last 30 days, as far as they were counted."""
    found = standing_on(subject)
    return None if found is None else volume.customers(found.ids, found.at)


#: Name → function of a :class:`Subject`.
FACTS: Final[dict[str, Callable[[Subject], object]]] = {
    "impact": measured,
    "impact.integrations": integrations,
    "impact.processes": processes,
    "impact.people": people,
    "impact.daily_volume": daily_volume,
    "impact.customers": customers,
}


def _slug(subject: Subject) -> str:
    if subject.kind == "integration" and subject.id.isdecimal():
        found = Integration.objects.filter(pk=int(subject.id)).values_list("slug", flat=True).first()
        return found or subject.id
    return subject.id
