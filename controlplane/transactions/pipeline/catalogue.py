"""The configuration that events are judged by, as one immutable snapshot, read again every few seconds.

A snapshot is shared by threads and never changed; flow and contract versions in it are immutable in the
database as well, so what a transaction was judged by can be read off its version ids for ever.
"""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import psycopg
from django.conf import settings
from django.db import Error, connection

from connectors.errors import NotSupported
from connectors.interface import Connector, connector_class
from controlplane.contracts.models import VersionState
from controlplane.foundation.errors import Invalid
from controlplane.foundation.expressions import Expression, expression
from controlplane.foundation.logs import logger
from controlplane.inventory.models import EntityKind, Instance, Integration, Interface
from controlplane.transactions.models import Destination, Endpoint, FlowVersion, Route
from controlplane.transactions.pipeline.former import Downgrades, read_downgrades
from controlplane.transactions.pipeline.guarding import Guarding, read_guarding
from controlplane.transactions.pipeline.normals import Normal, defect, read_normals
from controlplane.transactions.rules.flow import Step, read_steps
from controlplane.transactions.rules.ownership import NO_GUARDS, Guards
from controlplane.transactions.rules.retry import DEFAULT_DELAYS
from controlplane.transactions.rules.states import StepKind

log = logger(__name__)

FRESH_SECONDS = 2.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Source:
    """Where an event came from, and what follows from that."""

    integration_id: int
    interface_id: int
    instance_id: int
    environment_id: int
    company_id: int | None
    connector: type[Connector]


@dataclass(frozen=True, slots=True)
class LiveFlow:
    """A flow version with its steps read, or with the ``defect`` for which it cannot be.

    ``guards`` has an entry for each step that writes what not everybody may (``guarding``), ``downgrades`` for each
    contract that a step publishes by and of which two forms are in force (``former``).
    """

    id: int
    flow: str
    name: str
    integration_id: int
    integration_name: str
    environment_id: int
    company_id: int | None
    steps: tuple[Step, ...] = ()
    ordering: Expression | None = None
    defect: str = ""
    guards: Mapping[str, Guards] = field(default_factory=lambda: NO_GUARDS)
    downgrades: Downgrades = field(default_factory=dict)

    def step(self, name: str) -> Step:
        """The step of that name; one that cannot be read delivers nothing anywhere."""
        for step in self.steps:
            if step.name == name:
                return step
        return Step(name, name, StepKind.DELIVER)


@dataclass(frozen=True, slots=True)
class KnownRoute:
    """What starts a flow."""

    flow_version_id: int
    interface_id: int | None
    condition: Expression | None = None
    defect: str = ""


@dataclass(frozen=True, slots=True)
class KnownDestination:
    """What a delivery must know of where it goes; ``revision`` changes when the configuration does."""

    id: int
    slug: str
    name: str
    instance_id: int
    connector: type[Connector]
    base_url: str
    settings: Mapping[str, Any]
    references: Mapping[str, str]
    deadline: float
    delays: tuple[float, ...]

    @property
    def revision(self) -> tuple[Any, ...]:
        """Equal as long as a connector made for it may go on being used."""
        return (self.base_url, repr(self.settings), repr(self.references), self.deadline)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything at one moment."""

    endpoints: Mapping[int, Source] = field(default_factory=dict)
    interfaces: Mapping[int, tuple[int, type[Connector]]] = field(default_factory=dict)
    integrations: Mapping[int, tuple[int, int | None]] = field(default_factory=dict)
    normals: Mapping[tuple[int, str], Normal] = field(default_factory=dict)
    routes: Mapping[str, Sequence[KnownRoute]] = field(default_factory=dict)
    flows: Mapping[int, LiveFlow] = field(default_factory=dict)
    destinations: Mapping[int, KnownDestination] = field(default_factory=dict)
    by_slug: Mapping[str, KnownDestination] = field(default_factory=dict)
    kinds: Mapping[str, int] = field(default_factory=dict)
    personal_kinds: frozenset[int] = frozenset()
    guarding: Guarding | None = None

    def normal(self, interface_id: int, event_type: str) -> Normal | None:
        """How ``event_type`` becomes canonical there; ``*`` stands for every other type."""
        return self.normals.get((interface_id, event_type)) or self.normals.get((interface_id, "*"))


class Catalogue:
    """The current snapshot, at most :data:`FRESH_SECONDS` old."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._read_at = -math.inf
        self._flows: dict[int, LiveFlow] = {}
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="catalogue")

    def snapshot(self) -> Snapshot:
        """The configuration now; reads the database through Django when it is time to.

        While the database cannot be read, what is known goes on being used; without anything known,
        ``psycopg.OperationalError``, as for every other statement that does not get through.
        """
        with self._lock:
            if self._snapshot is None or not self._fresh():
                self._read_again()
            if self._snapshot is None:
                raise psycopg.OperationalError("the configuration cannot be read")
            return self._snapshot

    def _read_again(self) -> None:
        try:
            before = self._snapshot.guarding if self._snapshot else None
            self._snapshot = read_snapshot(before)
        except Error as error:
            log.warning("catalogue.stale", error=type(error).__name__)
            return
        now = self._snapshot.guarding
        if before is not None and now is not None and before.model is not now.model:
            # Retired versions, by which work in flight goes on, are judged by who owns what now.
            self._flows = {}
        self._flows.update(self._snapshot.flows)
        self._read_at = time.monotonic()

    async def snapshot_async(
        self, *, with_destinations: Collection[int] = (), with_endpoints: Collection[int] = ()
    ) -> Snapshot:
        """The same for an event loop: reads in a thread of its own.

        Another worker may have queued something for a destination that is newer than what is known here, and the
        ingress hears of a new endpoint at once: if one of ``with_destinations`` or ``with_endpoints`` is not there, it
        reads again.
        """
        kept = self._snapshot
        if kept is not None and self._fresh() and _has(kept, with_destinations, with_endpoints):
            return kept
        if kept is not None and self._fresh():
            self._read_at = -math.inf
        return await asyncio.get_running_loop().run_in_executor(self._reader, _apart, self.snapshot)

    async def flow_async(self, version_id: int) -> LiveFlow:
        """:meth:`flow` for an event loop."""
        if (kept := self._flows.get(version_id)) is not None:
            return kept
        return await asyncio.get_running_loop().run_in_executor(self._reader, _apart, lambda: self.flow(version_id))

    def _fresh(self) -> bool:
        return time.monotonic() - self._read_at <= FRESH_SECONDS

    def forget(self) -> None:
        """Read again at the next call."""
        with self._lock:
            self._snapshot = None
            self._flows = {}

    def flow(self, version_id: int) -> LiveFlow:
        """Any flow version, live or not: work in flight goes on by the version it began with."""
        if (kept := self._flows.get(version_id)) is not None:
            return kept
        try:
            version = FlowVersion.objects.select_related("flow__integration").get(pk=version_id)
        except Error as error:
            raise psycopg.OperationalError("the flow cannot be read") from error
        guarding = self._snapshot.guarding if self._snapshot else None
        self._flows |= with_downgrades({version_id: _live(version, guarding)})
        return self._flows[version_id]


catalogue = Catalogue()


def _has(kept: Snapshot, destinations: Collection[int], endpoints: Collection[int]) -> bool:
    return all(one in kept.destinations for one in destinations) and all(one in kept.endpoints for one in endpoints)


def _apart(read: Callable[[], T]) -> T:
    """Read in the reader's thread, whose connection nobody else would close."""
    try:
        return read()
    finally:
        connection.close()


def read_snapshot(before: Guarding | None = None) -> Snapshot:
    """The configuration, from the database; what is compiled ``before`` is used while it holds."""
    destinations = [_destination(d) for d in _rows_of_destinations()]
    kinds = list(EntityKind.objects.all())
    by_kind = {kind.slug: kind.id for kind in kinds}
    personal = frozenset(kind.id for kind in kinds if kind.personal)
    instances = dict(Instance.objects.values_list("slug", "id"))
    routes = list(Route.objects.filter(active=True).select_related("flow").order_by("id"))
    guarding = read_guarding(_types(routes), {d.slug: d.instance_id for d in destinations}, before)
    flows = with_downgrades({version.id: _live(version, guarding) for version in _live_versions()})
    return Snapshot(
        endpoints={e.id: _source(e) for e in _rows_of_endpoints()},
        interfaces={
            i.id: (i.instance_id, _connector(i.instance.system.connector))
            for i in Interface.objects.select_related("instance__system")
        },
        integrations={i.id: (i.environment_id, i.company_id) for i in Integration.objects.all()},
        normals=read_normals(by_kind, personal, instances),
        routes=_routes(routes, {flow.flow: flow.id for flow in flows.values()}),
        flows=flows,
        destinations={d.id: d for d in destinations},
        by_slug={d.slug: d for d in destinations},
        kinds=by_kind,
        personal_kinds=personal,
        guarding=guarding,
    )


def _rows_of_endpoints() -> Any:
    return Endpoint.objects.select_related("integration", "interface__instance__system")


def _rows_of_destinations() -> Any:
    return Destination.objects.select_related("instance__system", "credential")


def _live_versions() -> Any:
    return FlowVersion.objects.filter(state=VersionState.PUBLISHED).select_related("flow__integration")


def _source(endpoint: Endpoint) -> Source:
    integration = endpoint.integration
    instance = endpoint.interface.instance
    return Source(
        integration.id,
        endpoint.interface_id,
        instance.id,
        integration.environment_id,
        integration.company_id,
        _connector(instance.system.connector),
    )


def _connector(kind: str) -> type[Connector]:
    """The connector of that kind. A system in the inventory need not have one: it then supports nothing."""
    try:
        return connector_class(kind)
    except NotSupported:
        return Connector


def _destination(row: Destination) -> KnownDestination:
    return KnownDestination(
        id=row.id,
        slug=row.slug,
        name=row.name,
        instance_id=row.instance_id,
        connector=_connector(row.instance.system.connector),
        base_url=row.instance.base_url,
        settings=row.instance.settings,
        references=row.credential.references if row.credential else {},
        deadline=min(row.deadline, settings.CALL_DEADLINE),
        delays=_delays(row),
    )


def _delays(row: Destination) -> tuple[float, ...]:
    try:
        return tuple(max(0.0, float(delay)) for delay in row.retry_delays) or DEFAULT_DELAYS
    except (TypeError, ValueError):
        log.warning("catalogue.unusable", destination=row.slug, what="retry_delays")
        return DEFAULT_DELAYS


def _live(version: FlowVersion, guarding: Guarding | None) -> LiveFlow:
    integration = version.flow.integration
    plain = LiveFlow(
        id=version.id,
        flow=version.flow.slug,
        name=version.flow.name,
        integration_id=integration.id,
        integration_name=integration.name,
        environment_id=integration.environment_id,
        company_id=integration.company_id,
    )
    try:
        ordering = expression(version.ordering) if version.ordering else None
        steps = read_steps(version.steps)
        guards = guarding.of(version.id, plain.flow, steps) if guarding else NO_GUARDS
        return replace(plain, steps=steps, ordering=ordering, guards=guards)
    except Invalid as error:
        return replace(plain, defect=defect(f"Version {version.number} of the flow {plain.name!r}", error))


def with_downgrades(flows: dict[int, LiveFlow]) -> dict[int, LiveFlow]:
    """Each with those of the contracts that its steps name."""
    known = read_downgrades(step for flow in flows.values() for step in flow.steps)
    if not known:
        return flows
    named = {key: {step.contract for step in flow.steps} & set(known) for key, flow in flows.items()}
    return {
        key: replace(flow, downgrades={slug: known[slug] for slug in named[key]}) if named[key] else flow
        for key, flow in flows.items()
    }


def _types(routes: Sequence[Route]) -> dict[str, frozenset[str]]:
    """The canonical types that start each flow."""
    found: dict[str, set[str]] = {}
    for route in routes:
        found.setdefault(route.flow.slug, set()).add(route.event_type)
    return {flow: frozenset(types) for flow, types in found.items()}


def _routes(routes: Sequence[Route], live: Mapping[str, int]) -> dict[str, list[KnownRoute]]:
    found: dict[str, list[KnownRoute]] = {}
    for route in routes:
        if (version_id := live.get(route.flow.slug)) is not None:
            found.setdefault(route.event_type, []).append(_route(route, version_id))
    return found


def _route(route: Route, version_id: int) -> KnownRoute:
    try:
        condition = expression(route.condition) if route.condition else None
    except Invalid as error:
        what = f"The condition of a route to the flow {route.flow.name!r}"
        return KnownRoute(version_id, route.interface_id, defect=defect(what, error))
    return KnownRoute(version_id, route.interface_id, condition)
