"""Two schemas side by side, keyword by keyword.

A schema lets in what each of its keywords lets in. So where every keyword lets in at least what it did, the whole does;
the facts below name every keyword of which that is not plain. Keywords that bear on each other (``properties`` and
``additionalProperties``) are looked at together.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final

from controlplane.contracts.diff import conditions, heirs, lists, objects, said, scalars, unions
from controlplane.contracts.diff.dialects import ALONE
from controlplane.contracts.diff.facts import Fact, Sense, Way, What
from controlplane.contracts.diff.flattening import flattened
from controlplane.contracts.diff.nodes import Node
from controlplane.contracts.diff.values import same

#: What a schema with one of these means is said in another place as well.
LEADS_ELSEWHERE: Final = ("$ref", "$dynamicRef", "$recursiveRef", "discriminator")
#: Pairs of schemas looked at in one comparison. What is beyond has not been judged, and that is said.
MOST_PAIRS: Final = 200_000
DEEPEST: Final = 60
MOST_FACTS: Final = 5_000
#: From here on, other words for people are not told of: what matters finds its place.
MOST_WITH_WORDS: Final = 2_500
_NEVER_SENT: Final = {Way.IN: "readOnly", Way.OUT: "writeOnly"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where two schemas stand: in words for people, how that bears on the whole, and how deep it is.

    ``where`` is the place of the outermost schema in a larger document (``POST /orders: request body``).
    """

    path: str = ""
    sense: Sense = Sense.PLAIN
    depth: int = 0
    where: str = ""

    @property
    def named(self) -> str:
        """The whole of it in words."""
        return f"{self.where}: {self.path}" if self.where and self.path else self.where or self.path

    def member(self, name: str) -> Place:
        """A property."""
        path = f"{self.path}.{name}" if self.path else name
        return Place(path, self.sense, self.depth + 1, self.where)

    def items(self, which: str = "") -> Place:
        """An item of a list."""
        return replace(self, path=f"{self.path}[{which}]", depth=self.depth + 1)

    def under(self, word: str = "", sense: Sense | None = None) -> Place:
        """The same place by another schema (``anyOf`` …)."""
        path = f"{self.path} {word}".strip() if word else self.path
        return replace(self, path=path, sense=sense or self.sense, depth=self.depth + 1)


@dataclass(slots=True)
class Comparison:
    """What has been found so far. One comparison is of one pair of documents.

    ``differences`` grows with each fact, and with each pair met again of which there were some. ``way`` is which way
    goes what is described; with none, every property counts.
    """

    facts: list[Fact] = field(default_factory=list)
    way: Way | None = None
    pairs: int = 0
    differences: int = 0
    _known: dict[tuple[int, int, Sense], bool] = field(default_factory=dict)
    _equal: dict[tuple[int, int], bool] = field(default_factory=dict)
    _documents: dict[tuple[int, int], bool] = field(default_factory=dict)
    _waiting: list[tuple[Node, Node, Place]] = field(default_factory=list)
    _apart: bool = False
    _gave_up: bool = False

    def found(self, what: What, place: Place, old: Any = None, new: Any = None, **more: Any) -> None:
        """Note a difference."""
        self.differences += 1
        if what is What.WORDS and len(self.facts) >= MOST_WITH_WORDS:
            return
        if len(self.facts) >= MOST_FACTS:
            self.give_up(place)
            return
        self.facts.append(Fact(what, place.named, old, new, sense=place.sense, way=self.way, **more))

    def give_up(self, place: Place) -> None:
        """Say once that the rest has not been looked at."""
        self.differences += 1
        if not self._gave_up:
            self._gave_up = True
            self.facts.append(Fact(What.GIVEN_UP, place.named, sense=Sense.EITHER, way=self.way))

    def passes_over(self, node: Node) -> bool:
        """Whether a property never goes this way: read only, and sent to the interface; written only, and sent by it.

        That is JSON Schema's sense of the words: https://json-schema.org/draft/2020-12/json-schema-validation#section-9.4
        """
        return self.way is not None and flattened(node).get(_NEVER_SENT[self.way]) is True

    def compare_all(self, old: Node, new: Node, place: Place) -> None:
        """Look at two schemas that stand by themselves, and then at what was too deep within them."""
        self.compare(old, new, place)
        while self._waiting:
            before, after, there = self._waiting.pop()
            self.compare(before, after, replace(there, depth=0))

    def compare(self, old: Node, new: Node, place: Place) -> None:
        """Look at two schemas of one place, and at all within them; at each pair once."""
        self.pairs += 1
        if self.pairs > MOST_PAIRS or len(self.facts) >= MOST_FACTS:
            self.give_up(place)
            return
        if _is_plainly_the_same(old, new):
            return
        if place.depth > DEEPEST:
            self._put_off(old, new, place)
            return
        if not (old.leads_on or new.leads_on):
            self._compare(old, new, place)
            return
        pair = old.identity, new.identity, place.sense
        if pair in self._known:
            self.differences += self._known[pair]
            return
        # While it is looked at, a circle that comes back to it finds nothing new; but whether it differs is open.
        self._known[pair] = True
        before = self.differences
        self._compare(old, new, place)
        self._known[pair] = self.differences > before

    def equal(self, old: Node, new: Node, depth: int = 0) -> bool:
        """Whether two schemas certainly say the same; that they do if they do is no certainty."""
        if self.of_same_documents(old, new) and same(old.schema, new.schema):
            return True
        pair = old.identity, new.identity
        if pair not in self._equal:
            self._equal[pair] = False
            apart = Comparison(way=self.way, pairs=self.pairs, _equal=self._equal, _documents=self._documents)
            apart.compare(old, new, Place(sense=Sense.EITHER, depth=depth + 1))
            self.pairs = apart.pairs
            self._equal[pair] = all(fact.what in said.ONLY_SAID for fact in apart.facts)
        return self._equal[pair]

    def of_same_documents(self, old: Node, new: Node) -> bool:
        """Whether the documents of two schemas say the same. Looked at once for each two: they may be large."""
        pair = id(old.document), id(new.document)
        if pair not in self._documents:
            self._documents[pair] = same(old.document.root, new.document.root)
        return self._documents[pair]

    def _put_off(self, old: Node, new: Node, place: Place) -> None:
        """Look at what is too deep when all else is done. Whether it differs is open; it comes back to nothing new."""
        if self._apart or not (old.leads_on and new.leads_on):
            self.give_up(place)
            return
        self.differences += 1
        if (old.identity, new.identity, place.sense) not in self._known:
            self._waiting.append((old, new, place))

    def _compare(self, old: Node, new: Node, place: Place) -> None:
        if self._leads_nowhere(old, new, place):
            return
        if not old.words and not new.words:
            return
        if old.never or new.never:
            if old.never != new.never:
                self.found(What.REFUSED, place, old.never, new.never, before=old, after=new)
            return
        self._keyword_by_keyword(flattened(old), flattened(new), place)
        heirs.compare(self, old, new, place)

    def _leads_nowhere(self, old: Node, new: Node, place: Place) -> bool:
        """A reference that cannot be followed: what it leads to may have changed. What stands beside it is compared."""
        words = old.words, new.words  # which follows the references
        if not (old.unresolved or new.unresolved):
            return False
        self.found(What.UNRESOLVED, place.under(sense=Sense.EITHER), old.unresolved, new.unresolved)
        return not all(words)

    def _keyword_by_keyword(self, old: Node, new: Node, place: Place) -> None:
        before = self.differences
        scalars.compare(self, old, new, place)
        if old.lets_in("array") and new.lets_in("array"):
            lists.compare(self, old, new, place)
        if old.lets_in("object") and new.lets_in("object"):
            objects.compare(self, old, new, place)
        unions.compare(self, old, new, place)
        conditions.compare(self, old, new, place, since=before)
        said.compare(self, old, new, place)


def facts_of(old: Node, new: Node, place: Place | None = None) -> list[Fact]:
    """All that differs between two schemas."""
    comparison = Comparison()
    comparison.compare_all(old, new, place or Place())
    return comparison.facts


def _is_plainly_the_same(old: Node, new: Node) -> bool:
    """Whether two schemas are written in the same way, and nothing elsewhere has a say in what they mean.

    Most of two descriptions is, and this is much cheaper than to look at each keyword. ``repr`` tells 1 from true.
    """
    try:
        if old.document.dialect is not new.document.dialect:
            alone = old.words.keys() <= ALONE and new.words.keys() <= ALONE and not (old.unresolved or new.unresolved)
            return alone and repr(old.words) == repr(new.words)
        written = repr(old.schema)
        return written == repr(new.schema) and not any(word in written for word in LEADS_ELSEWHERE)
    except RecursionError:  # too deep to be written; it is looked at as far as anything is
        return False
