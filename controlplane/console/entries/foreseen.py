"""A proposed entry tried on what really came in: applied as a document is, looked at, and taken back.

So a flow that is new, its routes, and what a mapping is taken up by are as they will be, by the code that will make
them so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from controlplane.audit.models import SYSTEM, Actor, Subject, Via
from controlplane.console.entries.reach import uses_of
from controlplane.console.entries.sorts import Sort
from controlplane.console.entries.standing import is_word
from controlplane.console.estate.apply import apply as apply_estate
from controlplane.governance.kinds import Content, Found
from controlplane.transactions.flows.remap import remap
from controlplane.transactions.models import Endpoint, Normalisation
from controlplane.transactions.pipeline.catalogue import Snapshot, read_snapshot
from controlplane.transactions.shadow.events import Which, newest
from controlplane.transactions.shadow.run import found, run

Entry = Mapping[str, Any]
#: Sections of which an entry changes what goes out for an event.
TRIED: Final = ("flows", "mappings", "normalisations")


def put_in_place(sort: Sort, slug: str, entry: Entry, actor: Actor, why: str) -> None:
    """What applying it does, in the caller's transaction."""
    document = {sort.section: {slug: dict(entry)}}
    apply_estate(document, actor=actor, reason=why, via=Via.SYSTEM, decided_by=sort.name)
    if sort.section == "mappings":
        remap(slug, actor, why)


def proposed(sort: Sort) -> Callable[[Snapshot, Subject, Content], Snapshot]:
    """The configuration as it would be with a content of such a kind of change."""

    def as_it_would_be(_today: Snapshot, subject: Subject, content: Content) -> Snapshot:
        return foreseen(sort, subject.id, content["entry"])

    return as_it_would_be


def foreseen(sort: Sort, slug: str, entry: Entry) -> Snapshot:
    """With this entry; nothing of it stays. :class:`Invalid` where it cannot be applied."""
    with transaction.atomic():
        put_in_place(sort, slug, entry, SYSTEM, "Only looked at.")
        would_be = read_snapshot()
        transaction.set_rollback(True)
    return would_be


def has_events(sort: Sort, slug: str, entry: Entry) -> bool:
    """Whether anything came in that it would have to do with."""
    return bool(newest(_which(sort, slug, entry), 1))


def shadow(sort: Sort, slug: str, entry: Entry) -> Found:
    """What would go out, beside what goes out today."""
    return found(run(_which(sort, slug, entry), read_snapshot(), foreseen(sort, slug, entry)))


def _which(sort: Sort, slug: str, entry: Entry) -> Which:
    types, doors = _of_flow(entry) if sort.section == "flows" else _of_events(sort, slug, entry)
    feeding = Endpoint.objects.filter(interface__in=doors).values_list("integration", flat=True)
    return Which(sorted({*uses_of(sort, slug, entry), *feeding}), sorted(types))


def _of_flow(entry: Entry) -> tuple[set[str], set[int]]:
    """The canonical types that start it, and the doors through which they come."""
    routes = [route for route in entry.get("routes") or [] if is_word(route.get("event_type"))]
    types = {route["event_type"] for route in routes}
    events = Normalisation.objects.filter(canonical_type__in=types).values_list("interface", flat=True)
    named = {route["interface"] for route in routes if is_word(route.get("interface"))}
    rows = Endpoint.objects.filter(Q(interface__in=list(events)) | Q(interface__slug__in=named))
    return types, set(rows.values_list("interface", flat=True))


def _of_events(sort: Sort, slug: str, entry: Entry) -> tuple[set[str], set[int]]:
    """What is mapped by it; of a type of event, that type as it is called today, or by its vendor."""
    if sort.section == "mappings":
        rows = Normalisation.objects.filter(mapping_version__mapping__slug=slug)
        listed = list(rows.values_list("canonical_type", "interface"))
        return {name for name, _ in listed}, {door for _, door in listed}
    door, vendor = str(entry.get("interface", "")), str(entry.get("event_type", ""))
    rows = Normalisation.objects.filter(interface__slug=door, event_type=vendor)
    doors = Endpoint.objects.filter(interface__slug=door).values_list("interface", flat=True)
    return {vendor, *rows.values_list("canonical_type", flat=True)}, set(doors)
