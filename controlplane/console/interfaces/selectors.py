"""Interfaces and their operations, as pages list them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from controlplane.inventory.models import Integration, Interface, Operation
from controlplane.people.access import Access
from controlplane.sync.models import SyncJob
from controlplane.transactions.models import Endpoint

#: Rows of one page.
INTERFACES: Final = 100
OPERATIONS: Final = 200
#: What operations can be narrowed to, by the word in an address.
SHOWS: Final = {"": "All", "deprecated": "Deprecated", "gone": "Gone"}


@dataclass(frozen=True, slots=True)
class Use:
    """Who uses an interface: an integration, and how."""

    integration: Integration
    how: str


def interfaces(access: Access, words: str, kind: str) -> QuerySet[Interface]:
    """Interfaces of where the person looks, with how many operations they have and how many integrations use them."""
    found = Interface.objects.select_related("instance__system", "instance__environment")
    if access.within is not None:
        found = found.filter(instance__environment_id=access.within.pk)
    if kind:
        found = found.filter(kind=kind)
    if words:
        found = found.filter(Q(name__icontains=words) | Q(slug__icontains=words) | Q(instance__name__icontains=words))
    return found.annotate(said=_operations(), used=_uses()).order_by("slug")


def _operations() -> Coalesce:
    count = (
        Operation.objects.filter(interface=OuterRef("pk"), gone_at=None)
        .values("interface")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return Coalesce(Subquery(count, output_field=IntegerField()), Value(0))


def _uses() -> Coalesce:
    of = OuterRef("pk")
    writes = Integration.targets.through.objects.filter(integration_id=OuterRef("pk"), interface_id=OuterRef(of))
    users = (
        Integration.objects.filter(Q(source=of) | Exists(writes))
        .order_by()
        .annotate(one=Value(1))
        .values("one")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return Coalesce(Subquery(users, output_field=IntegerField()), Value(0))


def operations(interface: Interface, words: str, show: str) -> QuerySet[Operation]:
    """Its operations, by path or channel."""
    found = interface.operations.all()
    found = found.filter(gone_at__isnull=show != "gone")
    if show == "deprecated":
        found = found.filter(deprecated=True)
    for word in words.split()[:10]:
        either = Q(key__icontains=word) | Q(name__icontains=word) | Q(summary__icontains=word)
        found = found.filter(either | Q(tags__icontains=word))
    return found.order_by("address", "pk")


def after(found: QuerySet[Operation], interface: Interface, key: int | None) -> QuerySet[Operation]:
    """Those that come after one of them."""
    last = interface.operations.filter(pk=key).values_list("address", "pk").first() if key else None
    return found.filter(Q(address__gt=last[0]) | Q(address=last[0], pk__gt=last[1])) if last else found


def uses(interface: Interface) -> list[Use]:
    """The integrations that read it or write to it, by name."""
    reads = interface.integrations.select_related("team").all()
    writes = interface.written_by.select_related("team").all()
    jobs = SyncJob.objects.filter(interface=interface).select_related("integration__team")
    endpoints = Endpoint.objects.filter(interface=interface).select_related("integration__team")
    found = {
        *((one, "receives from it") for one in reads),
        *((one, "writes through it") for one in writes),
        *((job.integration, "reads it on a schedule") for job in jobs),
        *((endpoint.integration, "has an endpoint for it") for endpoint in endpoints),
    }
    return [Use(*one) for one in sorted(found, key=lambda one: (one[0].name, one[1]))]
