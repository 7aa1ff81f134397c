"""What holds today, whatever held when a delivery first failed: routes, contracts, credentials, destinations.

A replay sends what was made then; whether it may still go is asked anew, before the dry run and again before
it is queued. Read once a selection, from the database and not from the pipeline's snapshot: what an operator
has just switched off is off.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from connectors.errors import NotSupported
from connectors.interface import Connector, connector_class
from connectors.messages import OperationSpec
from controlplane.contracts.models import ContractVersion, Enforcement, VersionState
from controlplane.credentials.models import Credential
from controlplane.foundation import clock
from controlplane.foundation.errors import Invalid
from controlplane.inventory.models import Integration, Stage
from controlplane.transactions.models import (
    Destination,
    DestinationState,
    Endpoint,
    FlowVersion,
    Normalisation,
    Route,
)
from controlplane.transactions.pipeline import agreed
from controlplane.transactions.pipeline.operations import operation_at
from controlplane.transactions.replay import statements
from controlplane.transactions.rules.flow import Step, read_steps


@dataclass(frozen=True, slots=True)
class Target:
    """A destination as it is: ``why_not`` it takes nothing at all, or ``holds`` what waits for it until when."""

    id: int
    name: str
    instance_id: int
    connector: type[Connector]
    settings: Mapping[str, Any] = field(default_factory=dict)
    why_not: str = ""
    holds: str = ""

    def operation(self, name: str) -> OperationSpec | None:
        """The operation as its instance has it; None of one that its connector does not have."""
        return operation_at(self.connector, name, self.settings)


@dataclass(frozen=True, slots=True)
class Version:
    """A flow version: its steps by name, its flow, and which version of that is live now."""

    flow_id: int
    number: int
    steps: Mapping[str, Step]
    live: int | None


@dataclass(slots=True)
class Today:
    """The configuration as it is, as far as a selection needs it."""

    integrations: Mapping[int, Integration] = field(default_factory=dict)
    targets: Mapping[int, Target] = field(default_factory=dict)
    versions: Mapping[int, Version] = field(default_factory=dict)
    interfaces: Mapping[int, int] = field(default_factory=dict)
    routes: Collection[tuple[int, str, int | None]] = frozenset()
    contracts: Mapping[tuple[int, str], Mapping[str, ContractVersion]] = field(default_factory=dict)

    def interface_of(self, endpoint_id: int | None, integration_id: int) -> int | None:
        """The interface that an event came through: its endpoint's; of what was read, its integration's source."""
        if endpoint_id is not None:
            return self.interfaces.get(endpoint_id)
        found = self.integrations.get(integration_id)
        return found.source_id if found else None

    def routed(self, version_id: int, event_type: str, interface_id: int | None) -> bool:
        """Whether such events still start the flow. The filter of the route is not asked again."""
        version = self.versions[version_id]
        if version.live is None:
            return False
        key = (version.flow_id, event_type)
        return (*key, None) in self.routes or (*key, interface_id) in self.routes


def read(
    integration_ids: Iterable[int],
    destination_ids: Iterable[int],
    version_ids: Iterable[int],
    endpoint_ids: Iterable[int],
    event_types: Iterable[str],
) -> Today:
    """Today's facts about these."""
    integrations = Integration.objects.in_bulk(set(integration_ids))
    interfaces = dict(Endpoint.objects.filter(pk__in=set(endpoint_ids)).values_list("id", "interface_id"))
    versions = _versions(set(version_ids))
    sources = {one.source_id for one in integrations.values() if one.source_id} | set(interfaces.values())
    types = set(event_types)
    routes = Route.objects.filter(
        active=True, event_type__in=types, flow__in={one.flow_id for one in versions.values()}
    )
    return Today(
        integrations=integrations,
        targets=_targets(set(destination_ids)),
        versions=versions,
        interfaces=interfaces,
        routes=frozenset(routes.values_list("flow_id", "event_type", "interface_id")),
        contracts=_contracts(sources, types),
    )


def _versions(version_ids: set[int]) -> dict[int, Version]:
    rows = list(FlowVersion.objects.filter(pk__in=version_ids).select_related("flow"))
    live = FlowVersion.objects.filter(flow__in={row.flow_id for row in rows}, state=VersionState.PUBLISHED)
    numbers = dict(live.values_list("flow_id", "number"))
    return {row.pk: Version(row.flow_id, row.number, _steps(row), numbers.get(row.flow_id)) for row in rows}


def _steps(version: FlowVersion) -> dict[str, Step]:
    """None of a version that today's rules cannot read: nothing of it can be sent."""
    try:
        return {step.name: step for step in read_steps(version.steps)}
    except Invalid:
        return {}


def _targets(destination_ids: set[int]) -> dict[int, Target]:
    rows = Destination.objects.filter(pk__in=destination_ids).select_related("instance__system", "credential")
    states = DestinationState.objects.in_bulk(destination_ids)
    now = clock.now()
    return {row.pk: _target(row, states.get(row.pk), now) for row in rows}


def _target(row: Destination, state: DestinationState | None, now: datetime) -> Target:
    try:
        connector = connector_class(row.instance.system.connector)
    except NotSupported:
        connector = Connector
    why_not = "" if row.active else "Its destination does not take deliveries any more."
    why_not = why_not or _credential_problem(row.credential, connector, now)
    return Target(row.pk, row.name, row.instance_id, connector, row.instance.settings, why_not, _holds(state, now))


def _credential_problem(credential: Credential | None, connector: type[Connector], now: datetime) -> str:
    """What is known of it without asking the vault: its secret is resolved in the worker, at the moment of use."""
    missing = [name for name in connector.secret_names if credential is None or name not in credential.references]
    if missing and credential is None:
        return "Its destination has no credential."
    if missing:
        return f"The credential {credential} of its destination lacks {missing[0]!r}."
    if credential is not None and credential.expires_at is not None and credential.expires_at <= now:
        return f"The credential {credential} of its destination has expired on {credential.expires_at:%-d %b %Y}."
    return ""


def _holds(state: DestinationState | None, now: datetime) -> str:
    if state is None:
        return ""
    if state.paused_until > now:
        return f"paused: {state.pause_reason}" if state.pause_reason else "paused"
    if state.breaker and (state.breaker_until is None or state.breaker_until > now):
        return "circuit breaker open: it failed too often and is only probed"
    return ""


def _contracts(interface_ids: set[int], types: set[str]) -> dict[tuple[int, str], dict[str, ContractVersion]]:
    """By interface and canonical type: which contract version judges which of the vendor's types today."""
    rows = Normalisation.objects.filter(interface_id__in=interface_ids, canonical_type__in=types)
    found: dict[tuple[int, str], dict[str, ContractVersion]] = defaultdict(dict)
    for row in rows.exclude(contract_version=None).select_related("contract_version__contract"):
        if row.contract_version is not None:
            # What the interface says of breaks counts before what the version says; the row itself is not written.
            row.contract_version.enforcement = row.enforcement or row.contract_version.enforcement
            found[row.interface_id, row.canonical_type][row.event_type] = row.contract_version
    return found


def breaches(changed: Mapping[UUID, Mapping[str, ContractVersion]]) -> dict[UUID, str]:
    """Which of these transactions break the contract as it is today, and how.

    ``changed`` names those that were judged by another version, with today's versions by the vendor's type.
    """
    if not changed:
        return {}
    with statements.cursor() as cursor:
        bodies = cursor.execute(statements.CANONICALS, [list(changed)], binary=True).fetchall()
    found = {transaction: _breach(changed[transaction], bytes(body)) for transaction, body in bodies}
    return {transaction: breach for transaction, breach in found.items() if breach}


def _breach(versions: Mapping[str, ContractVersion], body: bytes) -> str:
    envelope: Any = orjson.loads(body)
    version = versions.get(envelope.get("vendortype", "")) or versions.get("*")
    if version is None or version.enforcement != Enforcement.QUARANTINE:
        return ""
    try:
        validator = agreed.compiled(version, {}, frozenset()).validator
    except Invalid as error:
        return f"Today's contract cannot be read: {error.detail}"
    if validator is None or validator.is_valid(envelope.get("record")):
        return ""
    return f"It breaks today's contract, {version}."


def stage_problem(integration: Integration | None) -> str:
    """An integration that has been retired sends nothing."""
    if integration is None:
        return "Its integration is not configured any more."
    return "Its integration has been retired." if integration.stage == Stage.RETIRED else ""
