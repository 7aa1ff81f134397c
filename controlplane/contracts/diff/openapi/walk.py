"""Two descriptions side by side: what of them has been looked at, and what has been found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from controlplane.contracts.diff.dialects import Dialect
from controlplane.contracts.diff.facts import Fact, Sense, Way, What
from controlplane.contracts.diff.nodes import MOST_STEPS, Document, Node, follow
from controlplane.contracts.diff.schemas import MOST_FACTS, MOST_WITH_WORDS, Comparison, Place
from controlplane.contracts.diff.values import same

NOTHING: Final[Mapping[str, Any]] = {}
#: The part as it stands, and the reference to it that cannot be followed.
Resolved = tuple[Mapping[str, Any], str]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where two parts stand, in words for people, and which way goes what they describe; None: it goes both."""

    where: str = ""
    way: Way | None = None

    def at(self, further: str) -> Spot:
        """A part within."""
        return replace(self, where=f"{self.where}: {further}" if self.where else further)

    def noted(self, note: str) -> Spot:
        """The same, told apart from others of its place."""
        return replace(self, where=f"{self.where} ({note})")

    @property
    def both(self) -> Spot:
        """The same, for what concerns those who send and those who are sent."""
        return replace(self, way=None)

    @property
    def back(self) -> Spot:
        """The same place of the answer."""
        return replace(self, way=self.way.back if self.way else None)


@dataclass(slots=True, eq=False)
class Walk:
    """The two documents, and the facts. Schemas that go the same way share one comparison.

    So what components have is found once for each way, at the place that comes first.
    """

    old: Document
    new: Document
    facts: list[Fact] = field(default_factory=list)
    #: Parts of the root that operations have by inheritance: ``security``, ``servers``.
    inherited: set[str] = field(default_factory=set)
    #: Security schemes that old and new operations ask for.
    asked_old: set[str] = field(default_factory=set)
    asked_new: set[str] = field(default_factory=set)
    #: What has met, kept so that no other object can be taken for it.
    _seen: dict[tuple[int, int, str, Way | None], tuple[Any, Any]] = field(default_factory=dict)
    _schemas: dict[Way, Comparison] = field(default_factory=dict)
    _gave_up: bool = False

    @property
    def pairs(self) -> int:
        """How many pairs of schemas have been looked at."""
        return sum(comparison.pairs for comparison in self._schemas.values())

    def found(self, what: What, spot: Spot, old: Any = None, new: Any = None, **more: Any) -> None:
        """Note a difference; beyond the limit, once, that there are more."""
        if what is What.WORDS and len(self.facts) >= MOST_WITH_WORDS:
            return
        if len(self.facts) < MOST_FACTS:
            self.facts.append(Fact(what, spot.where, old, new, way=spot.way, **more))
        elif not self._gave_up:
            self._gave_up = True
            self.facts.append(Fact(What.GIVEN_UP, spot.where, sense=Sense.EITHER))

    def unsure(self, name: str, spot: Spot, old: Any, new: Any) -> None:
        """Note that something differs of which it is not known here what it means."""
        self.found(What.UNSUPPORTED, spot, old, new, name=name, sense=Sense.EITHER)

    def schemas(self, old: Mapping[str, Any], new: Mapping[str, Any], spot: Spot, keyword: str = "schema") -> None:
        """Compare the schemas that two parts have under a keyword; a part without one lets everything in."""
        if spot.way is None or (keyword not in old and keyword not in new):
            return
        nodes = (_schema(self.old, old, keyword, spot), _schema(self.new, new, keyword, spot))
        self.comparison(spot.way).compare_all(*nodes, Place(where=spot.where))

    def comparison(self, way: Way) -> Comparison:
        """That of all schemas that go that way."""
        if way not in self._schemas:
            self._schemas[way] = Comparison(facts=self.facts, way=way)
        return self._schemas[way]

    def once(self, old: Any, new: Any, spot: Spot, kind: str) -> bool:
        """Whether two parts meet for the first time that way: components that are used often are told of once."""
        pair = id(old), id(new), kind, spot.way
        if pair in self._seen:
            return False
        self._seen[pair] = old, new
        return True

    def resolved(self, old: Any, new: Any, spot: Spot) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
        """What two parts are, or refer to; None, and a fact of it, where one of them cannot be known."""
        (before, lost_old), (after, lost_new) = resolved(self.old, old), resolved(self.new, new)
        if lost_old or lost_new:
            self.found(What.UNRESOLVED, spot, lost_old, lost_new, sense=Sense.EITHER)
            return None
        self._malformed(spot.where.rsplit(": ", 1)[-1], spot, old, new)
        return before, after

    def tables(
        self, old: Mapping[str, Any], new: Mapping[str, Any], name: str, spot: Spot
    ) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """What two parts have under a name that leads to names; what is written in another way is not compared."""
        was, now = old.get(name), new.get(name)
        self._malformed(name, spot, was, now)
        return _table(was), _table(now)

    def lists(
        self, old: Mapping[str, Any], new: Mapping[str, Any], name: str, spot: Spot
    ) -> tuple[list[Any], list[Any]]:
        """What two parts list under a name."""
        was, now = old.get(name), new.get(name)
        if not all(one is None or isinstance(one, list) for one in (was, now)) and not same(was, now):
            self.unsure(name, spot, was, now)
        return was if isinstance(was, list) else [], now if isinstance(now, list) else []

    def _malformed(self, name: str, spot: Spot, old: Any, new: Any) -> None:
        if not all(one is None or isinstance(one, Mapping) for one in (old, new)) and not same(old, new):
            self.unsure(name, spot, old, new)

    def beside(self, old: Mapping[str, Any], new: Mapping[str, Any], known: frozenset[str], spot: Spot) -> None:
        """Compare what two parts have under names that nobody here knows; extensions mean nothing by agreement."""
        for name in sorted({str(one) for one in (*old, *new)} - known):
            if not name.startswith("x-") and not same(old.get(name), new.get(name)):
                self.unsure(name, spot, old.get(name), new.get(name))

    def said(self, old: Mapping[str, Any], new: Mapping[str, Any], spot: Spot) -> None:
        """Compare what two parts say to people, and whether they are announced to go."""
        for name in ("summary", "description"):
            if not same(old.get(name), new.get(name)):
                self.found(What.WORDS, spot, old.get(name), new.get(name), name=name)
        was, now = old.get("deprecated") is True, new.get("deprecated") is True
        if was != now:
            self.found(What.DEPRECATED, spot, was, now)
        ends_old, ends_new = old.get("x-sunset"), new.get("x-sunset")
        if not same(ends_old, ends_new):
            self.found(What.SUNSET, spot, ends_old, ends_new, name="deprecated" if now else "")


def resolved(document: Document, part: Any) -> Resolved:
    """The part that stands there or is referred to within the document. Nothing is fetched from elsewhere.

    What stands beside a reference counts only where its part may have it: https://spec.openapis.org/oas/v3.1.1.html#reference-object.
    """
    beside: dict[str, Any] = {}
    for _ in range(MOST_STEPS):
        if not isinstance(part, Mapping):
            return NOTHING, ""
        reference = part.get("$ref")
        if not isinstance(reference, str):
            return ({**part, **beside}, "") if beside else (part, "")
        if document.dialect is not Dialect.OPENAPI_3_0:
            said = ("summary", "description")
            beside |= {name: part[name] for name in said if name in part and name not in beside}
        found = follow(document.root, reference[1:]) if reference.startswith("#/") else None
        if not isinstance(found, Mapping):
            return NOTHING, reference
        part = found
    return NOTHING, str(part.get("$ref"))


def refers(part: Any) -> bool:
    """Whether a part is a reference to another."""
    return isinstance(part, Mapping) and "$ref" in part


def _schema(document: Document, part: Mapping[str, Any], keyword: str, spot: Spot) -> Node:
    return document.node(part[keyword], spot.where) if keyword in part else document.anything(spot.where)


def _table(found: Any) -> Mapping[str, Any]:
    return {str(name): value for name, value in found.items()} if isinstance(found, Mapping) else NOTHING
