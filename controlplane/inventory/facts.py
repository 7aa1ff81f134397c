"""What policies know of systems, instances, interfaces and integrations: read for all at once, as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db.models import Count, Model, Q, QuerySet

from controlplane.governance.facts import About, Fact, Only
from controlplane.inventory.models import Instance, Integration, Interface, System, SystemStage

_SYSTEM_STAGE: Final = "planned, live, retiring or retired"
_ENVIRONMENT: Final = "slug of the environment"


def only(rows: QuerySet[Any], slugs: Only) -> QuerySet[Any]:
    """Those of the slugs, or all, by their slugs."""
    return (rows if slugs is None else rows.filter(slug__in=list(slugs))).order_by("slug")


def slug_of(row: Model | None) -> str:
    """How a thing is called; "" where there is none."""
    return str(getattr(row, "slug", ""))


def _systems(slugs: Only) -> Iterable[Fact]:
    for one in only(System.objects.select_related("team", "owner"), slugs):
        values = {
            "slug": one.slug,
            "name": one.name,
            "connector": one.connector,
            "vendor": one.vendor,
            "domain": one.domain,
            "purpose": one.purpose,
            "stage": one.stage,
            "team": slug_of(one.team),
            "owner": one.owner.name if one.owner else "",
        }
        yield Fact(one.slug, one.name, values, one.team_id, slug_of(one.team), one.domain)


def _instances(slugs: Only) -> Iterable[Fact]:
    for one in only(Instance.objects.select_related("system__team", "environment"), slugs):
        system = one.system
        values = {
            "slug": one.slug,
            "name": one.name,
            "system": system.slug,
            "system_stage": system.stage,
            "domain": system.domain,
            "environment": one.environment.slug,
            "region": one.region,
            "base_url": one.base_url,
        }
        team = slug_of(system.team)
        yield Fact(one.slug, one.name, values, system.team_id, team, system.domain, environment=one.environment.slug)


def _interfaces(slugs: Only) -> Iterable[Fact]:
    for one in only(Interface.objects.select_related("instance__system__team", "instance__environment"), slugs):
        system, environment = one.instance.system, one.instance.environment.slug
        values = {
            "slug": one.slug,
            "name": one.name,
            "kind": one.kind,
            "purpose": one.purpose,
            "version": one.version,
            "documentation": one.documentation,
            "system": system.slug,
            "system_stage": system.stage,
            "environment": environment,
        }
        team = slug_of(system.team)
        yield Fact(one.slug, one.name, values, system.team_id, team, system.domain, environment=environment)


def _integrations(slugs: Only) -> Iterable[Fact]:
    rows = Integration.objects.select_related(
        "team", "owner", "deputy", "process", "environment", "company", "source__instance__system"
    )
    found = list(only(rows, slugs))
    systems, modes = _systems_of(found), _failure_modes(found)
    for one in found:
        values = _said(one) | modes.get(one.pk, {"failure_modes": 0, "failure_modes_without_workaround": 0})
        if standing_on := systems.get(one.pk):
            values["systems"] = sorted(standing_on)
            values["retired_systems"] = sorted(
                slug for slug, stage in standing_on.items() if stage == SystemStage.RETIRED
            )
        yield Fact(
            one.slug,
            one.name,
            values,
            one.team_id,
            one.team.slug,
            domain_of(one),
            one.slug,
            slug_of(one.process),
            one.environment.slug,
        )


def domain_of(integration: Integration) -> str:
    """The domain that an integration is judged in: that of the system it reads from."""
    return integration.source.instance.system.domain if integration.source else ""


def _said(one: Integration) -> dict[str, Any]:
    """What people said of it. How it keeps up is left out where nobody said so: then nobody can judge by it."""
    said = {
        "slug": one.slug,
        "name": one.name,
        "purpose": one.purpose,
        "team": one.team.slug,
        "owner": one.owner.name if one.owner else "",
        "deputy": one.deputy.name if one.deputy else "",
        "deputy_is_owner": one.deputy_id is not None and one.deputy_id == one.owner_id,
        "process": slug_of(one.process),
        "environment": one.environment.slug,
        "company": slug_of(one.company),
        "domain": domain_of(one),
        "source": slug_of(one.source),
        "criticality": one.criticality,
        "stage": one.stage,
        "real_time_need": one.real_time_need,
        "classification": one.classification,
        "residency": one.residency,
        "latency_seconds": one.latency_seconds,
        "retention_days": one.retention_days,
        "recovery_point_minutes": one.recovery_point_minutes,
        "recovery_time_minutes": one.recovery_time_minutes,
        "daily_volume": one.daily_volume,
        "runbook": one.runbook,
    }
    return said | {name: value for name in ("pattern", "layer", "sync_mode") if (value := getattr(one, name))}


def _systems_of(integrations: Iterable[Integration]) -> Mapping[int, dict[str, str]]:
    """The systems that each reads from, and is said to write to, with their stages."""
    found: dict[int, dict[str, str]] = {}
    for one in integrations:
        if one.source:
            found.setdefault(one.pk, {})[one.source.instance.system.slug] = one.source.instance.system.stage
    targets = Integration.targets.through.objects.filter(integration__in=list(integrations))
    system = "interface__instance__system"
    for pk, slug, stage in targets.values_list("integration_id", f"{system}__slug", f"{system}__stage"):
        found.setdefault(pk, {})[slug] = stage
    return found


def _failure_modes(integrations: Iterable[Integration]) -> Mapping[int, dict[str, int]]:
    counted = Integration.objects.filter(pk__in=[one.pk for one in integrations], failure_modes__isnull=False)
    without = Count("failure_modes", filter=Q(failure_modes__workaround=""))
    rows = counted.annotate(all_modes=Count("failure_modes"), without=without).values_list("pk", "all_modes", "without")
    return {pk: {"failure_modes": all_, "failure_modes_without_workaround": some} for pk, all_, some in rows}


SYSTEMS = About(
    label="System",
    section="systems",
    fields={
        "slug": "how it is called",
        "name": "its name",
        "connector": "the connector that speaks it",
        "vendor": "who makes it",
        "domain": "the part of the business it serves",
        "purpose": "what it is for",
        "stage": _SYSTEM_STAGE,
        "team": "slug of the team it belongs to",
        "owner": "name of who answers for it",
    },
    listed=_systems,
)
INSTANCES = About(
    label="Instance",
    section="instances",
    fields={
        "slug": "how it is called",
        "name": "its name",
        "system": "slug of its system",
        "system_stage": _SYSTEM_STAGE,
        "domain": "domain of its system",
        "environment": _ENVIRONMENT,
        "region": "where it runs",
        "base_url": "where it answers",
    },
    listed=_instances,
)
INTERFACES = About(
    label="Interface",
    section="interfaces",
    fields={
        "slug": "how it is called",
        "name": "its name",
        "kind": "rest, webhook, topic, files or database",
        "purpose": "what it is for",
        "version": "in its vendor's words",
        "documentation": "where it is described",
        "system": "slug of its system",
        "system_stage": _SYSTEM_STAGE,
        "environment": _ENVIRONMENT,
    },
    listed=_interfaces,
)
INTEGRATIONS = About(
    label="Integration",
    section="integrations",
    fields={
        "slug": "how it is called",
        "name": "its name",
        "purpose": "what it is for",
        "team": "slug of the team it belongs to",
        "owner": "name of who answers for it",
        "deputy": "name of who acts in their place",
        "deputy_is_owner": "whether both are the same person",
        "process": "slug of the business process",
        "environment": _ENVIRONMENT,
        "company": "slug of the legal entity",
        "domain": "domain of the system it reads from",
        "source": "slug of the interface it reads from",
        "systems": "slugs of the systems it reads from and writes to; not there where none is known",
        "retired_systems": "those of them that are retired",
        "criticality": "critical, normal or low",
        "stage": "proposed, approved, live, deprecated or retired",
        "pattern": "direct, middleware, events or files; not there where nobody said so",
        "layer": "system, process or experience; not there where nobody said so",
        "sync_mode": "real-time, near-real-time, micro-batch or batch; not there where nobody said so",
        "real_time_need": "why later would be too late",
        "classification": "public, internal, confidential or restricted",
        "residency": "where its data must stay",
        "latency_seconds": "the latency that is asked for",
        "retention_days": "how long what it carries is kept",
        "recovery_point_minutes": "the most that may be lost",
        "recovery_time_minutes": "the longest it may stand",
        "daily_volume": "transactions a day that are expected",
        "runbook": "address of what to do when it stands still",
        "failure_modes": "number of ways in which it is known to fail",
        "failure_modes_without_workaround": "those for which nobody said what to do by hand",
    },
    listed=_integrations,
)
