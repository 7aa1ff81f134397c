"""What an address of the map asks for: about what, how far, what stops, how coarse, and narrowed down by what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse

from controlplane.foundation.errors import BadInput, NotFound
from controlplane.inventory.rules.folding import Level
from controlplane.inventory.rules.graph import Graph, Kind, Relation

HOPS: Final = ("1", "2")
_LONGEST: Final = 140
_MOST_APART: Final = 40
#: What a graph is narrowed down by, and what says that nobody said so.
NARROWS: Final = ("domain", "process", "team")


@dataclass(frozen=True, slots=True)
class Asked:
    """The state of the page. ``about`` and ``stop`` are references, "" for all and for nothing."""

    about: str = ""
    hops: int = 1
    stop: str = ""
    group: Level = Level.SYSTEMS
    domain: str = ""
    process: str = ""
    team: str = ""

    def url(self, **changes: Any) -> str:
        """The address of the page with these changes."""
        return f"{reverse('console:map')}{self._query(**changes)}"

    def part(self, name: str) -> str:
        """The address of something that is asked the same."""
        return f"{reverse(name)}{self._query()}"

    def _query(self, **changes: Any) -> str:
        other, default = replace(self, **changes), Asked()
        values = {name: getattr(other, name) for name in Asked.__slots__}
        said = {name: value for name, value in values.items() if value != getattr(default, name)}
        return f"?{urlencode(said, safe=':/')}" if said else ""


def asked(query: Mapping[str, str]) -> Asked:
    """What a query string asks for; :class:`BadInput` names what cannot be meant."""
    words = {name: query.get(name, "") for name in ("about", "stop", *NARROWS)}
    if bad := next((name for name, word in words.items() if len(word) > _LONGEST or "\0" in word), None):
        raise BadInput(f"{bad}= is no name of anything.", field=bad)
    return Asked(
        **words,
        hops=int(_one_of("hops", query.get("hops", "1"), HOPS)),
        group=Level(_one_of("group", query.get("group", Level.SYSTEMS.value), [level.value for level in Level])),
    )


def looked_at(graph: Graph, wanted: Asked) -> Graph:
    """The part of the graph that is asked for; :class:`NotFound` for an object that is not there."""
    if wanted.about:
        if wanted.about not in graph:
            raise NotFound(f"There is no {wanted.about.replace(':', ' ', 1)!r} here.", field="about")
        graph = graph.around(wanted.about, wanted.hops)
    if wanted.domain or wanted.process or wanted.team:
        graph = _narrowed(graph, wanted)
    return graph


def apart(graph: Graph, wanted: Asked) -> set[str]:
    """What is never folded away: what was asked about, and the systems of a domain, as far as these can be read."""
    found = {ref for ref in (wanted.about, wanted.stop) if ref in graph}
    if wanted.domain:
        own = (ref for ref, node in graph.nodes.items() if node.kind is Kind.SYSTEM and node.domain == wanted.domain)
        found |= set(islice(own, _MOST_APART))
    return found


def _narrowed(graph: Graph, wanted: Asked) -> Graph:
    """The integrations that are asked for, with what they touch; the systems of a domain also where nothing does."""
    touching = _touching(graph, wanted.domain) if wanted.domain else graph.nodes.keys()
    kept = {
        ref
        for ref, node in graph.nodes.items()
        if node.kind is Kind.INTEGRATION
        and wanted.team in {"", node.team}
        and wanted.process in {"", node.process}
        and ref in touching
    }
    if wanted.domain and not (wanted.process or wanted.team):
        systems = {Kind.SYSTEM, Kind.INSTANCE, Kind.INTERFACE}
        kept |= {ref for ref, node in graph.nodes.items() if node.kind in systems and node.domain == wanted.domain}
    kept |= {ref for ref in (wanted.about, wanted.stop) if ref in graph}
    return graph.within(kept, 1)


def _touching(graph: Graph, domain: str) -> set[str]:
    """What reads or writes anything of a domain."""
    own = (ref for ref, node in graph.nodes.items() if node.domain == domain)
    edges = (edge for ref in own for edge in graph.stood_on_by(ref))
    return {edge.of for edge in edges if edge.relation is Relation.READS or edge.relation is Relation.WRITES}


def _one_of(name: str, value: str, choices: Any) -> str:
    if value not in choices:
        raise BadInput(f"{name}={value[:40]!r} is none of {', '.join(choices)}.", field=name)
    return value
