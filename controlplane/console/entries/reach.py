"""Which integrations an entry is part of: by what it says, by what it said, and by who names it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q

from controlplane.console.entries.sorts import Sort
from controlplane.console.entries.standing import is_word
from controlplane.contracts.models import VersionState
from controlplane.inventory.models import Integration
from controlplane.sync.models import SyncJob
from controlplane.transactions.models import Destination, Endpoint, FlowVersion, Normalisation, Route

#: Integrations by their keys, with how they use it.
Uses = dict[int, list[str]]


def uses_of(sort: Sort, slug: str, *entries: Mapping[str, Any] | None) -> Uses:
    """Everybody who has to do with it."""
    said = [entry for entry in entries if entry]
    found: Uses = {}
    owners = _words("integration", said) | ({slug} if sort.section == "integrations" else set())
    for key in Integration.objects.filter(slug__in=owners).order_by("pk").values_list("pk", flat=True):
        found.setdefault(key, []).append("is changed" if sort.section == "integrations" else f"owns the {sort.one}")
    for key, use in _users(sort, slug, said):
        if use not in found.setdefault(key, []):
            found[key].append(use)
    return found


def _users(sort: Sort, slug: str, said: list[Mapping[str, Any]]) -> Iterable[tuple[int, str]]:
    if sort.section == "destinations":
        return _writing({slug})
    if sort.section == "credentials":
        jobs = SyncJob.objects.filter(credential__slug=slug).values_list("integration", flat=True)
        return [*_writing(_slugs(Q(credential__slug=slug))), *((key, "reads by it") for key in jobs)]
    if sort.section == "instances":
        fed = Endpoint.objects.filter(interface__instance__slug=slug).values_list("integration", flat=True)
        return [*_writing(_slugs(Q(instance__slug=slug))), *((key, "is fed by it") for key in fed)]
    if sort.section == "mappings":
        return _listening(Normalisation.objects.filter(mapping_version__mapping__slug=slug))
    if sort.section == "normalisations":
        doors, types = _words("interface", said), _words("event_type", said)
        return _listening(Normalisation.objects.filter(interface__slug__in=doors, event_type__in=types))
    return []


def _slugs(condition: Q) -> set[str]:
    return set(Destination.objects.filter(condition).values_list("slug", flat=True))


def _writing(destinations: set[str]) -> list[tuple[int, str]]:
    """Whose live flows have a step for one of these destinations."""
    if not destinations:
        return []
    named = Q()
    for slug in sorted(destinations):
        named |= Q(steps__contains=[{"destination": slug}])
    live = FlowVersion.objects.filter(named, state=VersionState.PUBLISHED).order_by("flow__slug")
    return [(key, f"writes there by {flow}") for key, flow in live.values_list("flow__integration", "flow__name")]


def _listening(events: Iterable[Normalisation]) -> list[tuple[int, str]]:
    """Whose flows are started by what these become."""
    found: list[tuple[int, str]] = []
    for one in events:
        routes = Route.objects.filter(Q(interface=one.interface_id) | Q(interface=None), active=True)
        keys = routes.filter(event_type=one.canonical_type).order_by("pk").values_list("flow__integration", flat=True)
        found += [(key, f"starts with {one.canonical_type}") for key in keys]
    return found


def _words(name: str, said: list[Mapping[str, Any]]) -> set[str]:
    return {entry[name] for entry in said if is_word(entry.get(name))}
