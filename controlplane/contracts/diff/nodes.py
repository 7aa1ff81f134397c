"""A schema at its place in a document: resolved, and in the keywords of 2020-12."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote

from controlplane.contracts.diff.dialects import ANYTHING, JUDGED, SAID, Dialect, in_words_of_today
from controlplane.foundation.pointers import escaped, unescaped

#: All that JSON has; a whole number is a number.
TYPES: Final = frozenset({"null", "boolean", "object", "array", "string", "number", "integer"})
ALL_TYPES: Final = TYPES - {"integer"}
#: Keywords through which a schema can come back to itself without an object or a list between.
LEADS_ON: Final = frozenset({"$ref", "allOf", "anyOf", "oneOf"})
#: References that lead on to references; more is a circle.
MOST_STEPS: Final = 50


@dataclass(slots=True, eq=False)
class Document:
    """A whole document, and the nodes of it that have been looked at. Nothing outside of it is ever fetched."""

    root: Any
    dialect: Dialect
    _nodes: dict[int, Node] = field(default_factory=dict)
    _heirs: dict[int, list[Node]] | None = None

    def node(self, schema: Any, place: str) -> Node:
        """The schema that stands there; the same one for the same object."""
        found = self._nodes.get(id(schema)) if isinstance(schema, Mapping) else None
        if found is None:
            found = Node(self, schema, place)
            if isinstance(schema, Mapping):
                self._nodes[id(schema)] = found
        return found

    def anything(self, place: str) -> Node:
        """What is not described lets everything in."""
        return Node(self, ANYTHING, place)

    def at(self, pointer: str) -> Node | None:
        """The schema that a local reference (``#/$defs/line``, ``#line``) leads to; None where there is none."""
        found = self._at_anchor(pointer[1:]) if pointer[1:2] not in {"", "/"} else follow(self.root, pointer[1:])
        return self.node(found, pointer) if isinstance(found, Mapping | bool) else None

    @property
    def has_heirs(self) -> bool:
        """Whether a discriminator means something in it."""
        return self.dialect in {Dialect.OPENAPI_3_0, Dialect.OPENAPI_3_1} and "openapi" in self.root

    def reference(self, pointer: str) -> Node | None:
        """A reference to what stands there; None where nothing does."""
        return Node(self, {"$ref": pointer}, pointer) if self.at(pointer) else None

    def heirs_of(self, base: Node) -> list[Node]:
        """References to the components that have this schema as a part, themselves or by another."""
        if self._heirs is None:
            self._heirs = {}
            for pointer, part in self._parts_of_components():
                if (of := self.at(part)) is not None and (heir := self.reference(pointer)) is not None:
                    self._heirs.setdefault(of.identity, []).append(heir)
        found: dict[int, Node] = {}
        waiting = [base]
        while waiting:
            for heir in self._heirs.get(waiting.pop().identity, []):
                if heir.identity not in found:
                    found[heir.identity] = heir
                    waiting.append(heir)
        return list(found.values())

    def _parts_of_components(self) -> Iterator[tuple[str, str]]:
        """Components and what each refers to as a part of it."""
        schemas = follow(self.root, "/components/schemas")
        for name, schema in schemas.items() if isinstance(schemas, Mapping) else ():
            parts = schema.get("allOf") if isinstance(schema, Mapping) else None
            for part in parts if isinstance(parts, list) else ():
                reference = part.get("$ref") if isinstance(part, Mapping) else None
                if isinstance(reference, str) and reference.startswith("#/"):
                    yield f"#/components/schemas/{escaped(str(name))}", reference

    def _at_anchor(self, name: str) -> Any:
        for place in ("$defs", "definitions"):
            named = self.root.get(place, {}) if isinstance(self.root, Mapping) else {}
            for schema in named.values() if isinstance(named, Mapping) else ():
                if isinstance(schema, Mapping) and name in {
                    schema.get("$anchor"),
                    str(schema.get("$id", "")).lstrip("#"),
                }:
                    return schema
        return None


def follow(root: Any, pointer: str) -> Any:
    """What a JSON Pointer leads to; None where there is nothing."""
    found = root
    for part in pointer.split("/")[1:]:
        name = unescaped(unquote(part))
        if isinstance(found, Mapping) and name in found:
            found = found[name]
        elif isinstance(found, list) and name.isdecimal() and int(name) < len(found):
            found = found[int(name)]
        else:
            return None
    return found


class Node:
    """One schema. ``words`` are its keywords, none of them a reference; ``never`` refuses everything."""

    __slots__ = ("_types", "_words", "document", "flat", "place", "schema", "unresolved")

    def __init__(self, document: Document, schema: Any, place: str) -> None:
        self.document = document
        self.schema = schema
        self.place = place
        #: The reference that leads nowhere, or out of the document.
        self.unresolved = ""
        #: The same with as few parts as can be said (``flattening``), once that has been asked for.
        self.flat: Node | None = None
        self._words: Mapping[str, Any] | None = None
        self._types: frozenset[str] | None = None

    @classmethod
    def of_words(cls, document: Document, words: Mapping[str, Any], place: str) -> Node:
        """One whose keywords are those of 2020-12 already."""
        made = cls(document, words, place)
        made._words = words
        return made

    def __repr__(self) -> str:
        return f"Node({self.place})"

    @property
    def never(self) -> bool:
        """Whether it refuses everything."""
        return self.schema is False or self.words.get("not") in ({}, True)

    @property
    def words(self) -> Mapping[str, Any]:
        """Its keywords in those of 2020-12. A reference is what it leads to; what stands beside it is a part."""
        if self._words is None:
            self._words = self._read()
        return self._words

    def _read(self) -> Mapping[str, Any]:
        if not isinstance(self.schema, Mapping):
            return {"not": {}} if self.schema is False else ANYTHING
        written, seen = self.schema, 0
        beside: dict[str, Any] = {}
        while isinstance(reference := written.get("$ref"), str):
            if not self.document.dialect.hides_siblings:
                beside |= {name: value for name, value in written.items() if name != "$ref" and name not in beside}
            target = self.document.at(reference) if reference.startswith("#") else None
            seen += 1
            if target is None or seen > MOST_STEPS:
                self.unresolved = reference
                return in_words_of_today(beside, self.document.dialect)
            if target.schema is False:
                return {"not": {}}
            written = target.schema if isinstance(target.schema, Mapping) else {}
        words = in_words_of_today(written, self.document.dialect)
        return self._joined(words, in_words_of_today(beside, self.document.dialect)) if beside else words

    @staticmethod
    def _joined(words: Mapping[str, Any], beside: Mapping[str, Any]) -> Mapping[str, Any]:
        """Both hold. What only says something of the place is of whoever refers."""
        said = {name: value for name, value in beside.items() if name in SAID}
        holds = {name: value for name, value in beside.items() if name not in SAID}
        if not holds:
            return {**words, **said}
        return {"allOf": [words, holds], **said}

    @property
    def refers(self) -> bool:
        """Whether it is a reference, and nothing stands beside it that holds as well."""
        if not isinstance(self.schema, Mapping) or "$ref" not in self.schema:
            return False
        return self.document.dialect.hides_siblings or not self.schema.keys() - SAID - {"$ref"}

    @property
    def defined(self) -> Node:
        """Where it is defined: the end of its references."""
        node, steps = self, 0
        while node.refers and isinstance(reference := node.schema["$ref"], str) and steps < MOST_STEPS:
            following = self.document.at(reference) if reference.startswith("#") else None
            if following is None:
                break
            node, steps = following, steps + 1
        return node

    @property
    def base(self) -> str:
        """The place that its members stand in: of a reference, that of what it leads to."""
        return self.defined.place if self.refers else self.place

    @property
    def leads_on(self) -> bool:
        """Whether it may lead back to itself."""
        return isinstance(self.schema, Mapping) and bool(self.schema.keys() & LEADS_ON)

    @property
    def identity(self) -> int:
        """The same for two places that are one schema."""
        return id(self.defined.schema if self.refers else self.schema)

    def get(self, keyword: str, default: Any = None) -> Any:
        """The value of a keyword."""
        return self.words.get(keyword, default)

    def inner(self, keyword: str) -> Node:
        """The schema under a keyword; anything where there is none."""
        place = f"{self.base}/{keyword}"
        if keyword not in self.words:
            return self.document.anything(place)
        return self.document.node(self.words[keyword], place)

    def members(self, keyword: str) -> dict[str, Node]:
        """The schemas under a keyword that names them (``properties``)."""
        found = self.words.get(keyword)
        if not isinstance(found, Mapping):
            return {}
        base = f"{self.base}/{keyword}"
        return {str(name): self.document.node(schema, f"{base}/{name}") for name, schema in found.items()}

    def several(self, keyword: str) -> list[Node]:
        """The schemas under a keyword that lists them (``anyOf``)."""
        found = self.words.get(keyword)
        if not isinstance(found, Sequence) or isinstance(found, str):
            return []
        base = f"{self.base}/{keyword}"
        return [self.document.node(schema, f"{base}/{number}") for number, schema in enumerate(found)]

    @property
    def types(self) -> frozenset[str]:
        """What it lets in by ``type``; all where it says none."""
        if self._types is None:
            self._types = self._read_types()
        return self._types

    def _read_types(self) -> frozenset[str]:
        if self.never:
            return frozenset()
        named = self.words.get("type")
        if named is None:
            return ALL_TYPES
        listed = named if isinstance(named, list) else [named]
        found = frozenset(one for one in listed if isinstance(one, str))
        return found - {"integer"} if "number" in found else found

    @property
    def enum(self) -> list[Any] | None:
        """The values it may have; None where they are not listed."""
        found = self.words.get("enum")
        return found if isinstance(found, list) else None

    def table(self, keyword: str) -> Mapping[str, Any]:
        """A keyword that says something by name (``dependentRequired``)."""
        found = self.words.get(keyword)
        return found if isinstance(found, Mapping) else {}

    @property
    def required(self) -> frozenset[str]:
        """The properties that have to be there."""
        found = self.words.get("required")
        return frozenset(name for name in found if isinstance(name, str)) if isinstance(found, list) else frozenset()

    @property
    def foreign(self) -> dict[str, Any]:
        """Keywords that nobody here knows; extensions (``x-…``) mean nothing by agreement."""
        return {
            name: value
            for name, value in self.words.items()
            if name not in JUDGED and name not in SAID and not name.startswith("x-")
        }

    def lets_in(self, kind: str) -> bool:
        """Whether a value of that type may pass; ``number`` stands for whole ones too."""
        return kind in self.types or (kind == "number" and "integer" in self.types)


def is_whole(value: Any) -> bool:
    """Whether JSON Schema takes it for an integer: 1.0 is one."""
    return not isinstance(value, bool) and (isinstance(value, int) or (isinstance(value, float) and value.is_integer()))


def type_of(value: Any) -> str:
    """The type of a JSON value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "integer" if is_whole(value) else "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def is_of(value: Any, types: frozenset[str]) -> bool:
    """Whether a value is of one of these types."""
    kind = type_of(value)
    return kind in types or (kind == "integer" and "number" in types)


def walk(schema: Any) -> Iterator[Mapping[str, Any]]:
    """Every object within a document, itself included."""
    waiting = [schema]
    while waiting:
        found = waiting.pop()
        if isinstance(found, Mapping):
            yield found
            waiting += found.values()
        elif isinstance(found, list):
            waiting += found
