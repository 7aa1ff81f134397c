"""The dependency graph of what there is, read in a constant number of questions.

Declared is what the inventory says: sources, targets, processes. Observed is what is set up to run: endpoints and
jobs that read, destinations that published flows write to, credentials and contracts that these use. An observed write
goes to an instance; where a target was declared there, that declaration is what was seen.

What was read is kept in the process until one of these rows is another (:mod:`.stamp`). It says nothing of a person:
everybody who looks at the same environment reads the same.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final, NamedTuple

from controlplane.console.map.stamp import Stamp, stamp
from controlplane.contracts.models import Contract
from controlplane.credentials.models import Credential
from controlplane.inventory.models import Instance, Integration, Interface, Process, ProcessStep, System
from controlplane.inventory.rules.folding import Folded, Level, fold
from controlplane.inventory.rules.graph import Edge, Graph, Kind, Node, Relation
from controlplane.people.access import Within
from controlplane.people.models import Team
from controlplane.sync.models import SyncJob
from controlplane.transactions.models import Endpoint
from controlplane.transactions.selectors import agreements, reach

DECLARED, OBSERVED = "declared", "observed"
#: So many estates are kept, each an environment's or that of all; none with more edges, which are tens of megabytes.
MOST_KEPT: Final = 4
MOST_EDGES: Final = 100_000
#: So many foldings of each: its levels, and by themselves what was asked about last.
MOST_FOLDED: Final = 16


class Tile(NamedTuple):
    """How a system is marked."""

    monogram: str
    name: str
    hue: int


@dataclass(slots=True)
class Estate:
    """The graph with what it is shown by; ``ids`` are the integrations' keys by reference, ``teams`` names by slug."""

    nodes: dict[str, Node] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    tiles: dict[str, Tile] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    teams: dict[str, str] = field(default_factory=dict)
    _graph: Graph | None = field(default=None, init=False, repr=False, compare=False)
    _folded: dict[tuple[Level, frozenset[str]], Folded] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def graph(self) -> Graph:
        """As a graph, which is made once: nothing is added to an estate that was read."""
        if self._graph is None:
            self._graph = Graph(self.nodes.values(), self.edges)
        return self._graph

    def folded(self, finest: Level, apart: Collection[str]) -> Folded:
        """All of it folded (:func:`fold`), which is done once for the same question; nobody changes it."""
        asked = finest, frozenset(apart)
        if (found := self._folded.get(asked)) is None:
            if len(self._folded) >= MOST_FOLDED:
                self._folded.clear()
            found = self._folded[asked] = fold(self.graph, finest, asked[1])
        return found

    def tile(self, node: Node) -> Tile | None:
        """The mark of the system that it is or belongs to."""
        return self.tiles.get(node.whole or node.ref)


class _Reader:
    """Reads one kind after the other, each by whole tables, and keeps the references of keys for the next."""

    def __init__(self, within: Within | None) -> None:
        self.within = within
        self.found = Estate()
        self.teams = {pk: (slug, name) for pk, slug, name in Team.objects.values_list("pk", "slug", "name")}
        self.found.teams = dict(self.teams.values())
        self.instances: dict[int, str] = {}
        self.interfaces: dict[int, tuple[str, int]] = {}
        self.integrations: dict[int, str] = {}
        self.written = reach.written()
        self.said: dict[tuple[str, str, Relation], set[str]] = {}

    def put(self, ref: str, name: str, *, team: int | None = None, **more: str) -> str:
        self.found.nodes[ref] = Node(ref, name, team=self.teams[team][0] if team else "", **more)
        return ref

    def join(self, of: str, on: str, relation: Relation, how: str = DECLARED) -> None:
        """Both said and seen is one edge, which says both."""
        self.said.setdefault((of, on, relation), set()).add(how)

    def here(self, environment: int) -> bool:
        return self.within is None or self.within.pk == environment

    def done(self) -> Estate:
        there = self.found.nodes
        self.found.edges = [
            Edge(of, on, relation, DECLARED in how, OBSERVED in how)
            for (of, on, relation), how in self.said.items()
            if of in there and on in there
        ]
        return self.found


class _Kept:
    """The estates that were asked for last, with the stamps of the rows that they were read from."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._estates: OrderedDict[int | None, tuple[Stamp, Estate]] = OrderedDict()

    def get(self, within: int | None, now: Stamp) -> Estate | None:
        """What was kept, where nothing has changed since."""
        with self._lock:
            before, found = self._estates.get(within, (None, None))
            if found is None or before != now:
                return None
            self._estates.move_to_end(within)
            return found

    def put(self, within: int | None, now: Stamp, found: Estate) -> None:
        """Keep it instead of what was kept before, if it is not too much."""
        with self._lock:
            self._estates.pop(within, None)
            if len(found.edges) <= MOST_EDGES:
                self._estates[within] = now, found
            while len(self._estates) > MOST_KEPT:
                self._estates.popitem(last=False)


_KEPT: Final = _Kept()


def read(within: Within | None) -> Estate:
    """All that there is, or all of one environment with what it stands on; nobody changes what is returned."""
    key = within.pk if within else None
    # Before the rows: what is written meanwhile is read again the next time, never missed.
    now = stamp()
    found = _KEPT.get(key, now)
    if found is None:
        found = _read(within)
        _KEPT.put(key, now, found)
    return found


def _read(within: Within | None) -> Estate:
    reader = _Reader(within)
    _systems(reader)
    _processes(reader)
    _integrations(reader)
    _reads(reader)
    _writes(reader)
    _credentials(reader)
    _contracts(reader)
    found = reader.done()
    if within is not None:
        _without_strangers(found)
    return found


def _systems(reader: _Reader) -> None:
    names = "pk", "slug", "name", "domain", "team_id", "stage", "monogram", "hue"
    systems: dict[int, tuple[str, str]] = {}
    for pk, slug, name, domain, team, stage, monogram, hue in System.objects.order_by("slug").values_list(*names):
        systems[pk] = reader.put(f"system:{slug}", name, team=team, domain=domain, stage=stage), domain
        reader.found.tiles[f"system:{slug}"] = Tile(monogram, name, hue)
    rows = Instance.objects.order_by("slug").values_list("pk", "slug", "name", "system_id", "environment_id")
    for pk, slug, name, system, environment in rows:
        if reader.here(environment):
            whole, domain = systems[system]
            reader.instances[pk] = reader.put(f"instance:{slug}", name, whole=whole, domain=domain)
            reader.join(reader.instances[pk], whole, Relation.PART)
    for pk, slug, name, instance in Interface.objects.order_by("slug").values_list("pk", "slug", "name", "instance_id"):
        if above := reader.instances.get(instance):
            node = reader.found.nodes[above]
            ref = reader.put(f"interface:{slug}", name, whole=node.whole, domain=node.domain)
            reader.interfaces[pk] = ref, instance
            reader.join(ref, above, Relation.PART)


def _processes(reader: _Reader) -> None:
    for slug, name, team in Process.objects.order_by("slug").values_list("slug", "name", "team_id"):
        reader.put(f"process:{slug}", name, team=team, process=slug)
    rows = ProcessStep.objects.order_by("process", "number").values_list("process__slug", "slug", "name")
    for process, slug, name in rows:
        whole = f"process:{process}"
        ref = reader.put(f"step:{process}/{slug}", name, whole=whole, process=process)
        reader.join(whole, ref, Relation.STEP)


def _integrations(reader: _Reader) -> None:
    names = "pk", "slug", "name", "team_id", "process_id", "stage", "source_id", "environment_id"
    carried = _carried_steps()
    for pk, slug, name, team, process, stage, source, environment in Integration.objects.order_by("slug").values_list(
        *names
    ):
        if not reader.here(environment):
            continue
        door = reader.interfaces[source][0] if source in reader.interfaces else ""
        domain = reader.found.nodes[door].domain if door else ""
        ref = reader.put(f"integration:{slug}", name, team=team, process=process or "", stage=stage, domain=domain)
        reader.integrations[pk], reader.found.ids[ref] = ref, pk
        if door:
            reader.join(ref, door, Relation.READS)
        steps = carried.get(pk, ())
        for step in steps:
            reader.join(step, ref, Relation.CARRIES)
        if process and not any(step.startswith(f"step:{process}/") for step in steps):
            reader.join(f"process:{process}", ref, Relation.CARRIES)


def _carried_steps() -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = {}
    through = Integration.steps.through.objects.order_by("integration_id", "processstep_id")
    for pk, process, step in through.values_list("integration_id", "processstep__process__slug", "processstep__slug"):
        found.setdefault(pk, []).append(f"step:{process}/{step}")
    return found


def _reads(reader: _Reader) -> None:
    """What really comes in."""
    endpoints = Endpoint.objects.filter(active=True).order_by("pk").values_list("integration_id", "interface_id")
    jobs = _running_jobs().values_list("integration_id", "interface_id")
    for pk, interface in (*endpoints, *jobs):
        if pk in reader.integrations and interface in reader.interfaces:
            reader.join(reader.integrations[pk], reader.interfaces[interface][0], Relation.READS, OBSERVED)


def _running_jobs() -> Any:
    return SyncJob.objects.filter(active=True).order_by("pk")


def _writes(reader: _Reader) -> None:
    """Declared targets, and what published flows write to: to the doors declared there, else to the instance."""
    doors: dict[tuple[int, int], list[str]] = {}
    through = Integration.targets.through.objects.order_by("integration_id", "interface_id")
    for pk, interface in through.values_list("integration_id", "interface_id"):
        if pk in reader.integrations and interface in reader.interfaces:
            ref, instance = reader.interfaces[interface]
            doors.setdefault((pk, instance), []).append(ref)
            reader.join(reader.integrations[pk], ref, Relation.WRITES)
    for pk, instance, _ in reader.written:
        if pk in reader.integrations and instance in reader.instances:
            for on in doors.get((pk, instance), [reader.instances[instance]]):
                reader.join(reader.integrations[pk], on, Relation.WRITES, OBSERVED)


def _credentials(reader: _Reader) -> None:
    """By name only: what they are references to is nobody's business here (invariant 10)."""
    there: dict[int, str] = {}
    names = "pk", "slug", "name", "team_id", "instance_id"
    for pk, slug, name, team, instance in Credential.objects.order_by("slug").values_list(*names):
        if on := reader.instances.get(instance):
            there[pk] = reader.put(f"credential:{slug}", name, team=team, domain=reader.found.nodes[on].domain)
            reader.join(there[pk], on, Relation.PROVES)
    jobs = _running_jobs().values_list("integration_id", "credential_id")
    for integration, credential in (*jobs, *((pk, credential) for pk, _, credential in reader.written)):
        if integration in reader.integrations and credential in there:
            reader.join(reader.integrations[integration], there[credential], Relation.PROVES, OBSERVED)


def _contracts(reader: _Reader) -> None:
    there: dict[int, str] = {}
    for pk, slug, name, team in Contract.objects.order_by("slug").values_list("pk", "slug", "name", "team_id"):
        there[pk] = reader.put(f"contract:{slug}", name, team=team)
    for integration, contract in agreements.agreed():
        if integration in reader.integrations:
            reader.join(reader.integrations[integration], there[contract], Relation.AGREES, OBSERVED)


def _without_strangers(found: Estate) -> None:
    """Leave out systems, processes and contracts that nothing of this environment touches."""
    touched = {ref for edge in found.edges if edge.relation is not Relation.STEP for ref in (edge.of, edge.on)}
    processes = {found.nodes[ref].process for ref in touched} - {""}
    found.nodes = {
        ref: node
        for ref, node in found.nodes.items()
        if ref in touched or ref in found.ids or (node.kind in {Kind.PROCESS, Kind.STEP} and node.process in processes)
    }
    found.edges = [edge for edge in found.edges if edge.of in found.nodes and edge.on in found.nodes]
