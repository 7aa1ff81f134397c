"""What policies know of endpoints, destinations and flows, and of what integrations agreed on: as plain values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from connectors.signatures import SCHEMES
from controlplane.contracts.models import ContractVersion, VersionState
from controlplane.credentials.facts import instances_by_reference
from controlplane.credentials.models import Credential
from controlplane.governance.facts import About, Fact, Known, More, Only
from controlplane.inventory.facts import domain_of, only, slug_of
from controlplane.inventory.models import Integration
from controlplane.transactions.models import Destination, Endpoint, Flow, FlowVersion, Normalisation, Route
from controlplane.transactions.rules.retention import KEEP, Retention

#: Schemes in which the sender only shows what it was given: whoever has seen one request can make another.
_UNSIGNED: Final = frozenset({"shared_token", "basic"})
_OF_INTEGRATION: Final = (
    "integration__team",
    "integration__process",
    "integration__environment",
    "integration__source__instance__system",
)


def _of(integration: Integration, slug: str, name: str, values: Mapping[str, Any]) -> Fact:
    """A fact of something that belongs to an integration."""
    return Fact(
        slug,
        name,
        values,
        integration.team_id,
        integration.team.slug,
        domain_of(integration),
        integration.slug,
        slug_of(integration.process),
        integration.environment.slug,
    )


def _endpoints(slugs: Only) -> Iterable[Fact]:
    """All are read, whichever are asked for: what is shared is seen from both sides."""
    rows = Endpoint.objects.select_related(*_OF_INTEGRATION, "interface__instance__environment").order_by("slug")
    everyone = list(rows)
    used = _environments_by_secret(everyone)
    for one in everyone:
        if slugs is None or one.slug in slugs:
            yield _of(one.integration, one.slug, one.name, _endpoint(one, used))


def _endpoint(one: Endpoint, used: Mapping[str, set[str]]) -> dict[str, Any]:
    environments = set().union(*(used[str(reference)] for reference in one.secrets))
    retention = Retention(one.retention)
    return {
        "slug": one.slug,
        "name": one.name,
        "integration": one.integration.slug,
        "stage": one.integration.stage,
        "interface": one.interface.slug,
        "environment": one.interface.instance.environment.slug,
        "active": one.active,
        "scheme": one.scheme,
        "is_signed": one.scheme in SCHEMES and one.scheme not in _UNSIGNED,
        "secrets": len(one.secrets),
        "secret_environments": sorted(environments),
        "retention": retention.name.lower(),
        "retention_days": KEEP[retention].days,
        "max_body": one.max_body,
    }


def _environments_by_secret(endpoints: Iterable[Endpoint]) -> Mapping[str, set[str]]:
    """Where each reference is used, by endpoints and by credentials."""
    found: dict[str, set[str]] = defaultdict(set)
    for one in endpoints:
        for reference in one.secrets:
            found[str(reference)].add(one.interface.instance.environment.slug)
    credentials = Credential.objects.select_related("instance__system", "instance__environment")
    for reference, instances in instances_by_reference(credentials).items():
        found[reference] |= {instance.environment.slug for instance in instances}
    return found


def _destinations(slugs: Only) -> Iterable[Fact]:
    rows = Destination.objects.select_related("instance__system__team", "instance__environment", "credential__team")
    for one in only(rows, slugs):
        system, environment = one.instance.system, one.instance.environment.slug
        values = {
            "slug": one.slug,
            "name": one.name,
            "instance": one.instance.slug,
            "system": system.slug,
            "system_stage": system.stage,
            "environment": environment,
            "credential": slug_of(one.credential),
            "deadline": float(one.deadline),
            "retries": len(one.retry_delays),
            "active": one.active,
        }
        team = one.credential.team if one.credential else system.team
        team_id = team.pk if team else None
        yield Fact(one.slug, one.name, values, team_id, slug_of(team), system.domain, environment=environment)


def _flows(slugs: Only) -> Iterable[Fact]:
    flows = list(only(Flow.objects.select_related(*_OF_INTEGRATION), slugs))
    versions = FlowVersion.objects.filter(flow__in=flows, state=VersionState.PUBLISHED)
    live = {one.flow_id: one for one in versions.select_related("source_contract__contract")}
    types = defaultdict(list)
    for flow, event_type in Route.objects.filter(flow__in=flows, active=True).values_list("flow_id", "event_type"):
        types[flow].append(event_type)
    for one in flows:
        values = {
            "slug": one.slug,
            "name": one.name,
            "integration": one.integration.slug,
            "stage": one.integration.stage,
            "environment": one.integration.environment.slug,
            "event_types": sorted(set(types[one.pk])),
            "version": 0,
        }
        if (version := live.get(one.pk)) is not None:
            values |= {
                "version": version.number,
                "steps": len(version.steps),
                "destinations": sorted({step["destination"] for step in version.steps if step.get("destination")}),
                "keeps_order": bool(version.ordering),
            }
        yield _of(one.integration, one.slug, one.name, values)


def _carried(slugs: Only) -> Known:
    """What integrations agreed on: the contracts of the events that start their flows, and of the flows themselves."""
    versions = _versions_by_integration(slugs)
    newest = _newest()
    found: dict[str, dict[str, Any]] = {}
    for slug in only(Integration.objects.all(), slugs).values_list("slug", flat=True):
        used = versions.get(slug, {})
        found[slug] = {"contracts": sorted({one.contract.slug for one in used.values()})}
        if used:
            behind = {one.contract.slug for one in used.values() if one.number < newest.get(one.contract_id, 0)}
            found[slug] |= {
                "contracts_behind": sorted(behind),
                "personal_fields": sum(len(one.personal) for one in used.values()),
            }
    return found


def _newest() -> Mapping[int, int]:
    published = ContractVersion.objects.filter(state=VersionState.PUBLISHED).order_by("contract_id", "-number")
    return dict(published.distinct("contract_id").values_list("contract_id", "number"))


def _versions_by_integration(slugs: Only) -> Mapping[str, dict[int, ContractVersion]]:
    """The contract versions in use, by integration: a normalisation serves every flow that its type starts there."""
    found: dict[str, dict[int, ContractVersion]] = defaultdict(dict)
    for slug, version in _in_use(slugs):
        found[slug][version.pk] = version
    return found


def _in_use(slugs: Only) -> Iterator[tuple[str, ContractVersion]]:
    normalised = Normalisation.objects.filter(contract_version__isnull=False).select_related(
        "contract_version__contract"
    )
    by_type: dict[str, list[Normalisation]] = defaultdict(list)
    for one in normalised:
        by_type[one.canonical_type].append(one)
    routes = Route.objects.filter(active=True).select_related("flow__integration")
    for route in routes if slugs is None else routes.filter(flow__integration__slug__in=list(slugs)):
        for one in by_type[route.event_type]:
            if one.contract_version and route.interface_id in {None, one.interface_id}:
                yield route.flow.integration.slug, one.contract_version
    live = FlowVersion.objects.filter(state=VersionState.PUBLISHED).select_related(
        "flow__integration", "source_contract__contract", "target_contract__contract"
    )
    for version in live if slugs is None else live.filter(flow__integration__slug__in=list(slugs)):
        for contract in (version.source_contract, version.target_contract):
            if contract is not None:
                yield version.flow.integration.slug, contract


ENDPOINTS = About(
    label="Endpoint",
    section="endpoints",
    fields={
        "slug": "how it is called",
        "name": "its name",
        "integration": "slug of its integration",
        "stage": "stage of its integration",
        "interface": "slug of the interface that sends",
        "environment": "slug of the environment",
        "active": "whether it takes anything",
        "scheme": "how senders prove themselves",
        "is_signed": "whether that signs what is sent, or is a certificate; a token or a password does not",
        "secrets": "number of references to secrets",
        "secret_environments": "environments in which the same references are used",
        "retention": "short, standard or long",
        "retention_days": "how long bodies are kept",
        "max_body": "the most bytes of one event",
    },
    listed=_endpoints,
)
DESTINATIONS = About(
    label="Destination",
    section="destinations",
    fields={
        "slug": "how it is called",
        "name": "its name",
        "instance": "slug of its instance",
        "system": "slug of its system",
        "system_stage": "planned, live, retiring or retired",
        "environment": "slug of the environment",
        "credential": "slug of the credential",
        "deadline": "seconds that a call may take",
        "retries": "number of its own retry delays; 0 for the usual ones",
        "active": "whether anything is written there",
    },
    listed=_destinations,
)
FLOWS = About(
    label="Flow",
    section="flows",
    fields={
        "slug": "how it is called",
        "name": "its name",
        "integration": "slug of its integration",
        "stage": "stage of its integration",
        "environment": "slug of the environment",
        "event_types": "canonical types that start it",
        "version": "number of the live version; 0 where there is none, and then the rest is not known",
        "steps": "number of its steps",
        "destinations": "slugs of what it writes to",
        "keeps_order": "whether events of one value keep their order",
    },
    listed=_flows,
)
OF_INTEGRATIONS = More(
    fields={
        "contracts": "slugs of the contracts that its flows and their events are judged by",
        "contracts_behind": "those of which a newer version is published; not there without a contract",
        "personal_fields": "number of fields that its contracts mark as personal; not there without a contract",
    },
    known=_carried,
)
