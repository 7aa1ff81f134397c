"""The dependency graph: objects of the estate, and what each stands on. Pure.

An edge says that ``of`` stands on ``on``: when ``on`` stops, ``of`` breaks or waits. An integration stands on the door
that it reads and on the one that it writes, on its credentials and contracts; a step of a process on the integrations
that carry it. A reference is ``kind:slug``, such as ``system:odoo``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Final


class Kind(StrEnum):
    """What an object is."""

    SYSTEM = "system"
    INSTANCE = "instance"
    INTERFACE = "interface"
    INTEGRATION = "integration"
    PROCESS = "process"
    STEP = "step"
    CREDENTIAL = "credential"
    CONTRACT = "contract"

    # That of Enum is written in Python, and asked for a hundred thousand times for each drawing of a large estate.
    __hash__ = str.__hash__


class Relation(StrEnum):
    """How one stands on another. PART: an instance on its system; STEP: a process on what it consists of."""

    READS = "reads"
    WRITES = "writes"
    CARRIES = "is carried by"
    PROVES = "is proved by"
    AGREES = "agrees on"
    PART = "is part of"
    STEP = "consists of"

    __hash__ = str.__hash__


#: Relations inside of one thing: no hop is counted for them.
STRUCTURE: Final = frozenset({Relation.PART, Relation.STEP})


_KINDS: Final[Mapping[str, Kind]] = {kind.value: kind for kind in Kind}


@dataclass(frozen=True, slots=True)
class Node:
    """One object. ``whole`` is what it is a part of (the system of a door, the process of a step), "" for none.

    ``domain``, ``team`` and ``process`` are what it can be narrowed down by and folded into, each "" where nobody said;
    an integration's domain is that of the system it reads. ``stage`` is a word of its kind's life.
    """

    ref: str
    name: str
    whole: str = ""
    domain: str = ""
    team: str = ""
    process: str = ""
    stage: str = ""
    #: What it is, as its reference says; asked for far more often than a node is made.
    kind: Kind = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Read the kind out of the reference."""
        object.__setattr__(self, "kind", _KINDS[self.ref.partition(":")[0]])

    @property
    def slug(self) -> str:
        """How it is called among its kind."""
        return self.ref.partition(":")[2]


@dataclass(frozen=True, slots=True)
class Edge:
    """``of`` stands on ``on``. ``declared``: somebody said so; ``observed``: it is seen in what is set up or runs."""

    of: str
    on: str
    relation: Relation
    declared: bool = True
    observed: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that stands on what stops: by which relations it is reached, and over how many hops at least."""

    hops: int
    relations: frozenset[Relation]


class Graph:
    """Objects and edges between them; an edge to what is not there is refused."""

    def __init__(self, nodes: Iterable[Node], edges: Iterable[Edge]) -> None:
        self.nodes: Mapping[str, Node] = {node.ref: node for node in nodes}
        self.edges: tuple[Edge, ...] = tuple(edges)
        self._on: dict[str, list[Edge]] = {ref: [] for ref in self.nodes}
        self._of: dict[str, list[Edge]] = {ref: [] for ref in self.nodes}
        for edge in self.edges:
            self._on[edge.of].append(edge)
            self._of[edge.on].append(edge)

    @cached_property
    def _above(self) -> Mapping[str, Collection[str]]:
        """What each is inside of."""
        above: dict[str, list[str]] = {}
        for edge in self.edges:
            if edge.relation is Relation.PART:
                above.setdefault(edge.of, []).append(edge.on)
            elif edge.relation is Relation.STEP:
                above.setdefault(edge.on, []).append(edge.of)
        return above

    def __contains__(self, ref: str) -> bool:
        """Whether there is an object of that reference."""
        return ref in self.nodes

    def stands_on(self, ref: str) -> list[Edge]:
        """Its edges to what it stands on."""
        return self._on[ref]

    def stood_on_by(self, ref: str) -> list[Edge]:
        """The edges of what stands on it."""
        return self._of[ref]

    def only(self, refs: Collection[str]) -> Graph:
        """These objects, with every edge between them."""
        kept = refs if isinstance(refs, set | frozenset) else set(refs)
        edges = (edge for edge in self.edges if edge.of in kept and edge.on in kept)
        return Graph((node for ref, node in self.nodes.items() if ref in kept), edges)

    def around(self, ref: str, hops: int) -> Graph:
        """What is so many hops from an object, its parts included; what a part is reached of is there with it."""
        return self.within(self.parts(ref), hops)

    def within(self, refs: Collection[str], hops: int) -> Graph:
        """What is so many hops from any of these."""
        frontier = set(refs)
        found = frontier | self._wholes(frontier)
        for _ in range(hops):
            reached = {other for one in frontier for other in self._beside(one)} - found
            found |= reached | self._wholes(reached)
            frontier = reached
        return self.only(found)

    def hit(self, ref: str) -> Mapping[str, Hit]:
        """Everything that stands on an object, however far away; itself not included."""
        hops, relations = {ref: 0}, {ref: set[Relation]()}
        waiting = [ref]
        for one in waiting:  # grows while it is walked: breadth first
            for edge in self._of[one]:
                if edge.of not in hops:
                    hops[edge.of] = hops[one] + (edge.relation not in STRUCTURE)
                    waiting.append(edge.of)
                relations.setdefault(edge.of, set()).add(edge.relation)
        return {one: Hit(hops[one], frozenset(relations[one])) for one in waiting if one != ref}

    def parts(self, ref: str) -> set[str]:
        """The object and all that it has inside."""
        found, waiting = {ref}, [ref]
        for one in waiting:
            inside = [part for part in self._inside(one) if part not in found]
            found.update(inside)
            waiting.extend(inside)
        return found

    def _inside(self, ref: str) -> Iterator[str]:
        yield from (edge.of for edge in self._of[ref] if edge.relation is Relation.PART)
        yield from (edge.on for edge in self._on[ref] if edge.relation is Relation.STEP)

    def _wholes(self, refs: Iterable[str]) -> set[str]:
        found: set[str] = set()
        waiting = list(refs)
        for one in waiting:
            above = self._above.get(one, ())
            waiting.extend(whole for whole in above if whole not in found)
            found.update(above)
        return found

    def _beside(self, ref: str) -> Iterator[str]:
        yield from (edge.on for edge in self._on[ref] if edge.relation not in STRUCTURE)
        yield from (edge.of for edge in self._of[ref] if edge.relation not in STRUCTURE)
