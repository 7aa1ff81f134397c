"""What one integration does, as the part of an estate document that can be taken to another environment."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from controlplane.console.estate.narrowing import Document
from controlplane.console.estate.written import as_written
from controlplane.contracts.models import VersionState
from controlplane.inventory.models import Integration
from controlplane.transactions.models import FlowVersion, MappingVersion, Normalisation, Route


def part_of(integration: Integration) -> Document:
    """Its mappings, normalisations and flows by their newest versions; five questions of the database, however many."""
    routes = list(
        Route.objects.filter(flow__integration=integration, active=True).select_related("interface").order_by("pk")
    )
    return {
        "mappings": _mappings(integration),
        "normalisations": _normalisations(integration, routes),
        "flows": _flows(integration, routes),
    }


def _mappings(integration: Integration) -> dict[str, dict[str, Any]]:
    versions = MappingVersion.objects.filter(mapping__integration=integration).select_related("mapping")
    newest = versions.order_by("mapping_id", "-number").distinct("mapping_id")
    return {
        one.mapping.slug: {
            "name": one.mapping.name,
            "integration": integration.slug,
            "lines": as_written("lines", one.lines),
        }
        for one in sorted(newest, key=lambda one: one.mapping.slug)
    }


def _normalisations(integration: Integration, routes: Iterable[Route]) -> dict[str, dict[str, Any]]:
    """Those by its own mappings, and those without one whose events start its flows."""
    plain = Q(mapping_version=None, interface=integration.source_id)
    plain &= Q(canonical_type__in={route.event_type for route in routes})
    rows = Normalisation.objects.filter(Q(mapping_version__mapping__integration=integration) | plain)
    found = {}
    for row in rows.select_related("interface", "contract_version__contract", "mapping_version__mapping"):
        entry = {"interface": row.interface.slug, "event_type": row.event_type, "canonical_type": row.canonical_type}
        if row.contract_version is not None:
            entry["contract"] = row.contract_version.contract.slug
        if row.mapping_version is not None:
            entry["mapping"] = row.mapping_version.mapping.slug
        found[f"{row.interface.slug}.{row.event_type}"] = entry
    return dict(sorted(found.items()))


def _flows(integration: Integration, routes: Iterable[Route]) -> dict[str, dict[str, Any]]:
    started: dict[int, list[dict[str, str]]] = {}
    for route in routes:
        entry = {"event_type": route.event_type}
        entry |= {"interface": route.interface.slug} if route.interface else {}
        entry |= {"condition": route.condition} if route.condition else {}
        started.setdefault(route.flow_id, []).append(entry)
    live = FlowVersion.objects.filter(flow__integration=integration, state=VersionState.PUBLISHED)
    return {
        one.flow.slug: {
            "name": one.flow.name,
            "integration": integration.slug,
            "ordering": one.ordering,
            "steps": as_written("steps", one.steps),
            "routes": started.get(one.flow_id, []),
        }
        for one in live.select_related("flow").order_by("flow__slug")
    }
