"""What breaks if something stops: the integrations, processes, people and customers that stand on it.

An integration that reads from what stops, or works by it, stops: nothing new arrives. One that only writes there, or
proves itself by it, waits: what it carries is kept and delivered when the other side is back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from controlplane.console.map.estate import Estate
from controlplane.foundation.errors import BadInput, NotFound
from controlplane.inventory.models import FailureMode, Integration, Process, Stage, System
from controlplane.inventory.rules.graph import Graph, Hit, Kind, Node, Relation
from controlplane.people.access import ALL, Access, Action
from controlplane.people.models import Person, Team
from controlplane.transactions.selectors import volume
from controlplane.transactions.selectors.volume import Customers

#: What can stop.
STOPPABLE: Final = (
    Kind.SYSTEM,
    Kind.INSTANCE,
    Kind.INTERFACE,
    Kind.INTEGRATION,
    Kind.CREDENTIAL,
    Kind.CONTRACT,
)
#: Reached by one of these, an integration gets nothing to carry; by the others it only cannot hand it over.
_STOPS_BY: Final = frozenset({Relation.READS, Relation.AGREES})
_LONGEST: Final = 140


@dataclass(frozen=True, slots=True)
class Struck:
    """An integration that stops or waits. ``undeclared``: nobody had said that it stands on this."""

    integration: Integration
    stops: bool
    undeclared: bool
    per_day: float | None
    failures: Sequence[FailureMode]

    @property
    def how(self) -> str:
        """In a word."""
        return "stops" if self.stops else "waits"


@dataclass(frozen=True, slots=True)
class StruckProcess:
    """A process with those of its steps that stand on what stops; ``stops``: not only waits."""

    process: Process
    steps: Sequence[str]
    stops: bool


@dataclass(slots=True)
class Called:
    """Somebody to call, and why: what they own or stand in for."""

    person: Person
    reasons: list[str] = field(default_factory=list)

    @property
    def more(self) -> int:
        """Reasons beside the first."""
        return len(self.reasons) - 1


@dataclass(frozen=True, slots=True)
class Impact:
    """Everything that stands on one object, as of ``at``; what is retired is not among it."""

    of: Node
    at: datetime
    struck: Sequence[Struck]
    processes: Sequence[StruckProcess]
    people: Sequence[Called]
    teams: Sequence[tuple[Team, int]]
    #: Systems that get nothing new from what stops.
    unfed: Sequence[Node]
    #: Everything that is hit, for the drawing.
    hit: Mapping[str, Hit]

    @property
    def stops(self) -> list[Struck]:
        """Those that carry nothing meanwhile."""
        return [one for one in self.struck if one.stops]

    @property
    def waits(self) -> list[Struck]:
        """Those whose deliveries are kept."""
        return [one for one in self.struck if not one.stops]

    @property
    def per_day(self) -> float | None:
        """Transactions a day of all of them; None where none had any."""
        known = [one.per_day for one in self.struck if one.per_day is not None]
        return sum(known) if known else None

    @property
    def parts(self) -> list[tuple[str, list[Struck]]]:
        """The worse first; what is empty is left out."""
        both = [("Stops: nothing new arrives", self.stops), ("Waits in the queue, not lost", self.waits)]
        return [pair for pair in both if pair[1]]

    @property
    def failures(self) -> list[tuple[Integration, FailureMode]]:
        """How they are known to fail, and what is done by hand."""
        return [(one.integration, mode) for one in self.struck for mode in one.failures]

    @property
    def ids(self) -> list[int]:
        """Keys of the integrations."""
        return [one.integration.pk for one in self.struck]

    @property
    def sentence(self) -> str:
        """All of it in one."""
        if not self.struck:
            return f"Nothing that is live stands on {self.of.name}."
        counts = f"{_many(len(self.stops), 'integration')} {_verb(len(self.stops), 'stop')}, {len(self.waits)}"
        waits = f"{_verb(len(self.waits), 'wait')}; {_many(len(self.processes), 'process', 'processes')} hit"
        amount = f", {self.per_day:,.0f} transactions a day" if self.per_day is not None else ""
        return f"If {self.of.name} stops, {counts} {waits}{amount}."


def asked(ref: str, graph: Graph) -> Node:
    """The object of a reference that can stop; :class:`BadInput` or :class:`NotFound` says what is wrong with it."""
    kind, _, slug = ref[:_LONGEST].partition(":")
    kinds = ", ".join(STOPPABLE)
    if kind not in STOPPABLE or not slug:
        raise BadInput(f"Name what stops as kind:name, such as system:erp. Kinds: {kinds}.", field="of")
    if ref not in graph:
        raise NotFound(f"There is no {kind} {slug!r} here.", field="of")
    return graph.nodes[ref]


def impact(estate: Estate, graph: Graph, of: Node, now: datetime) -> Impact:
    """What stands on an object; as many questions however much it is."""
    hit = dict(graph.hit(of.ref))
    ids = {estate.ids[ref]: ref for ref in (of.ref, *hit) if ref in estate.ids}
    rows = Integration.objects.exclude(stage=Stage.RETIRED).filter(pk__in=ids)
    found = list(rows.select_related("team", "owner", "deputy", "process", "environment").order_by("name", "pk"))
    figures, failures = volume.per_day([one.pk for one in found], now), _failures(found)
    struck = [
        Struck(
            one,
            stops=_is_stopped(ids[one.pk], of, hit),
            undeclared=_is_undeclared(graph, ids[one.pk], of, hit),
            per_day=figures.get(one.pk),
            failures=failures.get(one.pk, ()),
        )
        for one in found
    ]
    stopped = {ids[one.integration.pk] for one in struck if one.stops}
    processes = _processes(graph, [ids[one.pk] for one in found], stopped)
    return Impact(
        of=of,
        at=now,
        struck=struck,
        processes=processes,
        people=_people(of, struck, processes),
        teams=_teams(found),
        unfed=_unfed(graph, of, stopped),
        hit=hit,
    )


def customers(found: Impact, access: Access) -> tuple[Customers, Sequence[str]]:
    """How many customers it touches, and the newest of those whose transactions this person may see."""
    reach = access.teams_that(Action.SEE_TRANSACTIONS)
    seen = [one.integration for one in found.struck if reach is ALL or one.integration.team_id in reach]
    return volume.customers(found.ids, found.at), volume.newest_customers([one.pk for one in seen], found.at)


def _is_stopped(ref: str, of: Node, hit: Mapping[str, Hit]) -> bool:
    return ref == of.ref or bool(hit[ref].relations & _STOPS_BY)


def _is_undeclared(graph: Graph, ref: str, of: Node, hit: Mapping[str, Hit]) -> bool:
    """Whether it is only seen to stand on a system: every reading and writing of it there was never declared."""
    there = {of.ref, *hit}
    ways = [edge for edge in graph.stands_on(ref) if edge.on in there]
    ways = [edge for edge in ways if edge.relation in {Relation.READS, Relation.WRITES}]
    return bool(ways) and not any(edge.declared for edge in ways)


def _failures(found: Iterable[Integration]) -> Mapping[int, list[FailureMode]]:
    failures: dict[int, list[FailureMode]] = {}
    for one in FailureMode.objects.filter(integration__in=[row.pk for row in found]).order_by("name", "pk"):
        failures.setdefault(one.integration_id, []).append(one)
    return failures


def _processes(graph: Graph, live: Iterable[str], stopped: set[str]) -> list[StruckProcess]:
    steps: dict[str, set[str]] = {}
    worse: set[str] = set()
    for edge in (edge for ref in live for edge in graph.stood_on_by(ref) if edge.relation is Relation.CARRIES):
        node = graph.nodes[edge.of]
        steps.setdefault(node.process, set()).update({node.ref} if node.kind is Kind.STEP else ())
        worse |= {node.process} if edge.on in stopped else set()
    rows = Process.objects.filter(slug__in=steps).select_related("owner", "team").order_by("name", "pk")
    in_order = [node for node in graph.nodes.values() if node.kind is Kind.STEP]
    return [
        StruckProcess(one, [node.name for node in in_order if node.ref in steps[one.slug]], one.slug in worse)
        for one in rows
    ]


def _people(of: Node, struck: Iterable[Struck], processes: Iterable[StruckProcess]) -> list[Called]:
    """Owners first of all that stops; each person once, with every reason."""
    called: dict[str, Called] = {}

    def call(person: Person | None, reason: str) -> None:
        if person is not None:
            called.setdefault(str(person.pk), Called(person)).reasons.append(reason)

    system = System.objects.filter(slug=(of.whole or of.ref).partition(":")[2]).select_related("owner").first()
    if system is not None and of.kind in {Kind.SYSTEM, Kind.INSTANCE, Kind.INTERFACE}:
        call(system.owner, f"owns the system {system.name}")
    for one in sorted(struck, key=lambda one: not one.stops):
        call(one.integration.owner, f"owns {one.integration.name}, which {one.how}")
        call(one.integration.deputy, f"deputy for {one.integration.name}, which {one.how}")
    for hit in processes:
        call(hit.process.owner, f"owns the process {hit.process.name}")
    return list(called.values())


def _teams(found: Iterable[Integration]) -> list[tuple[Team, int]]:
    counted: dict[int, tuple[Team, int]] = {}
    for one in found:
        counted[one.team_id] = (one.team, counted.get(one.team_id, (one.team, 0))[1] + 1)
    return sorted(counted.values(), key=lambda pair: (-pair[1], pair[0].name))


def _unfed(graph: Graph, of: Node, stopped: Iterable[str]) -> list[Node]:
    own = of.whole or of.ref
    fed = {
        graph.nodes[edge.on].whole or edge.on
        for ref in stopped
        for edge in graph.stands_on(ref)
        if edge.relation is Relation.WRITES
    }
    return sorted((graph.nodes[ref] for ref in fed if ref in graph and ref != own), key=lambda node: node.name)


def _many(count: int, one: str, several: str = "") -> str:
    return f"{count:,} {one if count == 1 else several or one + 's'}"


def _verb(count: int, word: str) -> str:
    return f"{word}s" if count == 1 else word
