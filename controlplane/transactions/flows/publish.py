"""Publish a flow version: check that everything it names exists, then make it the live one.

Published versions never change (the database refuses); transactions in flight go on by the version
they began with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import transaction

from connectors.errors import ConnectorError
from connectors.interface import Connector, connector_class
from controlplane.audit import services as audit
from controlplane.audit.models import SYSTEM, Actor, Subject
from controlplane.contracts.models import VersionState
from controlplane.foundation.errors import Invalid
from controlplane.foundation.expressions import expression
from controlplane.inventory.models import EntityKind, Instance, Lifecycle
from controlplane.transactions.flows.findings import Matrix, as_kept, starts_of
from controlplane.transactions.models import Destination, Flow, FlowVersion
from controlplane.transactions.rules.flow import Step, read_steps
from controlplane.transactions.rules.ownership import Finding
from controlplane.transactions.rules.questions import Identity, LookUp
from controlplane.transactions.rules.states import StepKind


def content_hash(document: Any) -> str:
    """SHA-256 over the canonical JSON of a revision's content."""
    return hashlib.sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)).hexdigest()


def steps_hash(steps: Sequence[Mapping[str, Any]], ordering: str) -> str:
    """What tells one content of a flow from another."""
    return content_hash({"steps": list(steps), "ordering": ordering})


@dataclass(frozen=True, slots=True)
class Named:
    """What steps can name. Who publishes many flows reads it once."""

    destinations: Mapping[str, Destination]
    kinds: Collection[str]
    instances: Collection[str]

    @classmethod
    def read(cls) -> Named:
        """What there is now."""
        return cls(
            destinations={row.slug: row for row in Destination.objects.select_related("instance__system")},
            kinds=set(EntityKind.objects.values_list("slug", flat=True)),
            instances=set(Instance.objects.values_list("slug", flat=True)),
        )


@transaction.atomic
def publish_flow(
    flow: Flow,
    steps: Sequence[Mapping[str, Any]],
    *,
    ordering: str = "",
    actor: Actor = SYSTEM,
    among: Named | None = None,
    findings: Sequence[Finding] | None = None,
) -> FlowVersion:
    """The live version with these steps; the one that is live already when nothing has changed.

    ``findings`` are for who has judged it already: what it would write without the right to it is kept with it.
    """
    read = read_steps(steps)
    check_steps(read, among)
    if ordering:
        expression(ordering)
    digest = steps_hash(steps, ordering)
    live = FlowVersion.objects.select_for_update().filter(flow=flow, state=VersionState.PUBLISHED).first()
    if live is not None and live.content_hash == digest:
        return live
    if live is not None:
        FlowVersion.objects.filter(pk=live.pk).update(state=VersionState.RETIRED)
    if findings is None:
        findings = Matrix.read().findings(read, starts_of([flow])[flow.pk])
    last = FlowVersion.objects.filter(flow=flow).order_by("-number").values_list("number", flat=True).first()
    version = FlowVersion.objects.create(
        flow=flow,
        number=(last or 0) + 1,
        steps=list(steps),
        ordering=ordering,
        state=VersionState.PUBLISHED,
        content_hash=digest,
        findings=as_kept(findings),
    )
    audit.record(
        "flow.published",
        actor=actor,
        subject=Subject("flow", flow.slug),
        details={"version": version.number, "hash": digest, "flagged": len(findings)},
    )
    return version


def check_steps(steps: Sequence[Step], among: Named | None = None) -> None:
    """What steps name exists, and expressions parse; :class:`Invalid` names the first that does not."""
    named = among or Named.read()
    for step in steps:
        for source in filter(None, _expressions(step)):
            expression(source)
        _check_entity(step, named.kinds)
        for kind, issuer in _identities(step):
            if kind not in named.kinds:
                raise Invalid(f"Step {step.name!r}: there is no kind of entity {kind!r}.")
            if issuer and issuer not in named.instances:
                raise Invalid(f"Step {step.name!r}: there is no instance {issuer!r}.")
        if step.contract and step.operation != "publish":
            raise Invalid(f"Step {step.name!r}: contract is of what is published; it does {step.operation!r}.")
        if step.kind is not StepKind.MAP:
            _check_destination(step, named.destinations.get(step.destination))


def _check_entity(step: Step, kinds: Collection[str]) -> None:
    for kind in filter(None, (step.entity, *(path.partition(".")[0] for _, path in step.writes if "." in path))):
        if kind not in kinds and (kind == step.entity or not step.entity):
            raise Invalid(f"Step {step.name!r}: there is no kind of entity {kind!r}.")
    if step.does and step.does not in Lifecycle.values:
        raise Invalid(f"Step {step.name!r} does {step.does!r}; there are: {', '.join(Lifecycle.values)}.")
    targets = {line.target for line in step.lines}
    for target, _ in step.writes:
        if target not in targets:
            raise Invalid(f"Step {step.name!r}: writes names {target!r}, which is no target of its mapping.")


def _expressions(step: Step) -> Iterator[str]:
    yield step.when
    yield from (line.expression for line in step.lines)
    yield from (value for _, value in step.keys)
    yield from (source for link in step.links for source in (link.key, link.value))
    if step.question is not None:
        yield step.question.key


def _identities(step: Step) -> Iterator[tuple[str, str]]:
    """Kinds of entities with the instances whose names for them are used."""
    yield from ((link.kind, link.issuer) for link in step.links)
    if isinstance(step.question, Identity):
        yield step.question.of, step.question.issuer


def _check_destination(step: Step, destination: Destination | None) -> None:
    if destination is None:
        raise Invalid(f"Step {step.name!r}: there is no destination {step.destination!r}.")
    try:
        connector = connector_class(destination.instance.system.connector)
        _check_offered(step, connector, destination.instance.settings)
    except ConnectorError as error:
        raise Invalid(f"Step {step.name!r}: {error.reason}.") from error


def _check_offered(step: Step, connector: type[Connector], settings: Mapping[str, Any]) -> None:
    """The destination can be asked, or told, what the step asks or tells."""
    if isinstance(step.question, LookUp):
        connector.check_question(step.question.stream, step.question.by, settings)
    elif step.kind is StepKind.DELIVER:
        connector.operation_for(step.operation, settings)
