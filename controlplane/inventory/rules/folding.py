"""Folding a large graph into one that can be looked at. Pure; nothing is left out, folded edges carry their number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from controlplane.inventory.rules.graph import Edge, Graph, Kind, Node, Relation

#: More boxes than this nobody reads.
MOST: Final = 60
#: What is folded last of all, when even domains and teams are too many.
REST: Final = "rest:"
#: What can be both declared and observed; all others are one of these by their nature.
SAID_AND_SEEN: Final = frozenset({Relation.READS, Relation.WRITES})
_NOBODY = "?"


class Level(StrEnum):
    """How coarse: every object; doors and steps in their wholes; integrations in their teams; all in domains."""

    OBJECTS = "objects"
    SYSTEMS = "systems"
    TEAMS = "teams"
    DOMAINS = "domains"


@dataclass(frozen=True, slots=True)
class Box:
    """Objects that are shown as one; ``key`` is the reference of an object, or ``team:…``, ``domain:…``, ``rest:``.

    ``node`` is the object that it stands for, where it stands for one with its parts.
    """

    key: str
    members: tuple[Node, ...]
    node: Node | None


@dataclass(slots=True)
class Line:
    """Edges between the same two boxes: ``of`` stands on ``on``, so many times, by these relations."""

    of: str
    on: str
    relations: Counter[Relation] = field(default_factory=Counter)
    undeclared: int = 0
    unseen: int = 0

    @property
    def count(self) -> int:
        """How many edges it carries."""
        return self.relations.total()


@dataclass(frozen=True, slots=True)
class Folded:
    """The boxes, the lines between them, and how many edges run inside of one box."""

    level: Level
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    inside: int

    @property
    def objects(self) -> int:
        """How many objects the boxes hold."""
        return sum(len(box.members) for box in self.boxes)

    @property
    def edges(self) -> int:
        """How many edges the lines and boxes carry."""
        return self.inside + sum(line.count for line in self.lines)


def fold(graph: Graph, finest: Level, apart: Collection[str] = (), most: int = MOST) -> Folded:
    """The graph at the finest level, from ``finest`` on, at which it has ``most`` boxes or fewer.

    Those of ``apart`` stay by themselves. Where the coarsest has too many, what has the fewest edges becomes one box.
    """
    levels = list(Level)
    for level in levels[levels.index(finest) :]:
        place = _places(graph, _KEYS[level], apart)
        if len(set(place.values())) <= most:
            break
    else:
        place = _with_rest(graph, place, apart, most)
    return _folded(graph, level, place)


def _places(graph: Graph, key: Callable[[Node], str], apart: Collection[str]) -> dict[str, str]:
    nodes = graph.nodes
    return {ref: key(node) for ref, node in nodes.items()} | {ref: ref for ref in apart if ref in nodes}


def _object(node: Node) -> str:
    return node.ref


def _whole(node: Node) -> str:
    return node.whole or node.ref


def _team(node: Node) -> str:
    if node.kind in {Kind.INTEGRATION, Kind.CREDENTIAL, Kind.CONTRACT}:
        return f"team:{node.team or _NOBODY}"
    return _whole(node)


def _domain(node: Node) -> str:
    if node.kind in {Kind.PROCESS, Kind.STEP}:
        return "processes:"
    if node.kind is Kind.CONTRACT:
        return "contracts:"
    return f"domain:{node.domain or _NOBODY}"


_KEYS: Mapping[Level, Callable[[Node], str]] = {
    Level.OBJECTS: _object,
    Level.SYSTEMS: _whole,
    Level.TEAMS: _team,
    Level.DOMAINS: _domain,
}


def _with_rest(graph: Graph, place: Mapping[str, str], apart: Collection[str], most: int) -> dict[str, str]:
    weight = Counter(dict.fromkeys(place.values(), 0))
    for edge in graph.edges:
        weight.update((place[edge.of], place[edge.on]))
    ranked = sorted(weight, key=lambda box: (box not in apart, -weight[box], box))
    kept = set(ranked[: most - 1])
    return {ref: box if box in kept else REST for ref, box in place.items()}


def _folded(graph: Graph, level: Level, place: Mapping[str, str]) -> Folded:
    members: dict[str, list[Node]] = {}
    for ref, node in graph.nodes.items():
        members.setdefault(place[ref], []).append(node)
    boxes = tuple(Box(key, tuple(members[key]), graph.nodes.get(key)) for key in sorted(members))
    lines, inside = _lines(graph.edges, place)
    return Folded(level, boxes, lines, inside)


def _lines(edges: Iterable[Edge], place: Mapping[str, str]) -> tuple[tuple[Line, ...], int]:
    """The same between the same two boxes is counted first: of ten thousands of edges, that leaves hundreds."""
    counted = Counter((place[edge.of], place[edge.on], edge.relation, edge.declared, edge.observed) for edge in edges)
    lines: dict[tuple[str, str], Line] = {}
    inside = 0
    for (of, on, relation, declared, observed), count in counted.items():
        if of == on:
            inside += count
            continue
        line = lines.get((of, on)) or lines.setdefault((of, on), Line(of, on))
        line.relations[relation] += count
        if relation in SAID_AND_SEEN:
            line.undeclared += 0 if declared else count
            line.unseen += 0 if observed else count
    return tuple(lines[pair] for pair in sorted(lines)), inside
