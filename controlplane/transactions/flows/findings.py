"""What a flow version would write without the right to it, told when it is written and for as long as it is so."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from controlplane.inventory.models import Interface
from controlplane.transactions.models import Destination, Flow, Normalisation, Route
from controlplane.transactions.pipeline.guarding import Model, system_names, whole_model
from controlplane.transactions.rules.flow import Step
from controlplane.transactions.rules.ownership import Finding, findings_of


@dataclass(frozen=True, slots=True)
class Starts:
    """What starts a flow: canonical types, and the systems that events of them come from."""

    types: frozenset[str]
    systems: frozenset[int]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Whose each attribute is now. Who judges many flows reads it once."""

    model: Model
    names: Mapping[int, str]
    asked: Mapping[str, int]

    @classmethod
    def read(cls) -> Matrix:
        """As it is now."""
        asked = dict(Destination.objects.values_list("slug", "instance__system_id"))
        return cls(whole_model(), system_names(), asked)

    def findings(self, steps: Sequence[Step], starts: Starts) -> list[Finding]:
        """What steps that start so would write without the right to it, and do against their entities' rules."""
        return findings_of(steps, starts.types, starts.systems, self.model, self.asked, self.names)


def starts_of(flows: Collection[Flow]) -> dict[int, Starts]:
    """What starts each of the flows, by their keys: their routes, and where nothing says otherwise their sources."""
    found: dict[int, list[tuple[str, Interface | None]]] = {flow.pk: [] for flow in flows}
    for route in Route.objects.filter(flow__in=found, active=True).select_related("interface__instance"):
        found[route.flow_id].append((route.event_type, route.interface))
    sources = dict(Flow.objects.filter(pk__in=found).values_list("pk", "integration__source__instance__system_id"))
    return {key: starting(routes, sources[key]) for key, routes in found.items()}


def starting(routes: Collection[tuple[str, Interface | None]], source: int | None) -> Starts:
    """What these types from these doors say; ``source`` is the integration's, where no route tells whose events."""
    systems = senders(routes) or ({source} if source else set())
    return Starts(frozenset(event_type for event_type, _ in routes), frozenset(systems))


def senders(routes: Collection[tuple[str, Interface | None]]) -> set[int]:
    """The systems whose events these routes take: their interfaces', or of whoever sends the type."""
    systems = {interface.instance.system_id for _, interface in routes if interface is not None}
    anywhere = [event_type for event_type, interface in routes if interface is None]
    if anywhere:
        known = Normalisation.objects.filter(canonical_type__in=anywhere)
        systems |= set(known.values_list("interface__instance__system_id", flat=True))
    return systems


def as_kept(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Findings as a flow version keeps them."""
    return [
        {"step": one.step, "target": one.target, "attribute": one.attribute, "how": one.how, "words": one.words}
        for one in findings
    ]
