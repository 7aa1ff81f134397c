"""Parts, alternatives, conditions, references, what is only said."""

from __future__ import annotations

from typing import Any, Final

from tests.contracts.pairs.json_schema_objects import obj
from tests.contracts.pairs.labels import Labelled, pair

S: Final[dict[str, Any]] = {"type": "string"}
N: Final[dict[str, Any]] = {"type": "number"}
NULL: Final = {"type": "null"}
CARD: Final = obj({"kind": {"const": "card"}, "number": S}, "kind")
BANK: Final = obj({"kind": {"const": "bank"}, "iban": S}, "kind")
CASH: Final = obj({"kind": {"const": "cash"}}, "kind")
BANK_WITH_CODE: Final = obj({"kind": {"const": "bank"}, "iban": S, "bic": S}, "kind", "bic")


def any_of(*some: Any, **words: Any) -> dict[str, Any]:
    """Alternatives."""
    return {"anyOf": list(some), **words}


def one_of(*some: Any) -> dict[str, Any]:
    """Alternatives of which exactly one fits."""
    return {"oneOf": list(some)}


def all_of(*some: Any, **words: Any) -> dict[str, Any]:
    """Parts."""
    return {"allOf": list(some), **words}


def defined(schema: Any, reference: str = "#/$defs/it", **more: Any) -> dict[str, Any]:
    """A reference to a definition."""
    return {"$ref": reference, "$defs": {"it": schema, **more}}


ALTERNATIVES: Final[tuple[Labelled, ...]] = (
    pair("an alternative comes", any_of(S), any_of(S, N), "alternative-added SR"),
    pair("an alternative goes", any_of(S, N), any_of(S), "alternative-removed BS"),
    pair("their order says nothing", any_of(S, N), any_of(N, S)),
    pair("a text or null, said in two ways", any_of(S, NULL), {"type": ["string", "null"]}),
    pair("a text or null may not be null", any_of(S, NULL), S, "null-refused BS"),
    pair("exactly one of text and null is a text or null", one_of(S, NULL), {"type": ["null", "string"]}),
    pair("alternatives are asked for", {}, any_of(S, N), "alternatives-introduced BS"),
    pair("alternatives are asked for no more", any_of(S, N), {}, "alternatives-dropped SB"),
    pair(
        "an alternative changes",
        any_of({"title": "Name", **S}, N),
        any_of({"title": "Name", **S, "minLength": 1}, N),
        "min-length-raised BS",
    ),
    pair("told apart by a constant: one comes", one_of(CARD, BANK), one_of(CARD, BANK, CASH), "alternative-added SR"),
    pair("told apart by a constant: one goes", one_of(CARD, BANK), one_of(CARD), "alternative-removed BS"),
    pair(
        "told apart by a constant: one asks for more",
        one_of(CARD, BANK),
        one_of(BANK_WITH_CODE, CARD),
        "required-property-added BS",
    ),
    pair("exactly one of what is apart is any of it", one_of(CARD, BANK), any_of(CARD, BANK)),
    pair(
        "exactly one where two may fit",
        any_of(S, {"minLength": 2}),
        one_of(S, {"minLength": 2}),
        "union-made-exclusive RS",
    ),
    pair("any where exactly one did", one_of(S, {"minLength": 2}), any_of(S, {"minLength": 2}), "union-opened SR"),
    pair(
        "exactly one, and one of them changes: nobody can tell",
        one_of({"title": "a", "minimum": 1}, {"title": "b", "maximum": 5}),
        one_of({"title": "a", "minimum": 2}, {"title": "b", "maximum": 5}),
        "minimum-raised RR",
    ),
    pair(
        "exactly one, and one comes: nobody can tell",
        one_of({"minimum": 1}, {"maximum": 5}),
        one_of({"minimum": 1}, {"maximum": 5}, {"multipleOf": 2}),
        "alternative-added RR",
    ),
    pair("beside alternatives a property comes", any_of(S, N, title="x"), any_of(S, N, title="y")),
)
PARTS: Final[tuple[Labelled, ...]] = (
    pair("parts are put into one", all_of(obj({"a": S}, "a"), obj({"b": N})), obj({"a": S, "b": N}, "a")),
    pair("one is taken into parts", obj({"a": S, "b": N}, "b"), all_of(obj({"a": S}), obj({"b": N}, "b"))),
    pair("a part asks for more", all_of(obj({"a": S})), all_of(obj({"a": S}, "a")), "required-added BS"),
    pair(
        "a part with an optional property comes",
        all_of(obj({"a": S})),
        all_of(obj({"a": S}), obj({"b": N})),
        "property-added RS",
    ),
    pair(
        "a part that cannot be put in comes",
        obj({"a": S}),
        all_of(obj({"a": S}), {"not": {"required": ["b"]}}),
        "part-added BS",
    ),
    pair(
        "a part that cannot be put in goes",
        all_of(obj({"a": S}), {"not": {"required": ["b"]}}),
        obj({"a": S}),
        "part-removed SB",
    ),
    pair("of two limits the stricter counts", all_of({"minimum": 1}, {"minimum": 3}), {"minimum": 3}),
    pair("parts in parts", all_of(all_of(obj({"a": S}))), obj({"a": S})),
    pair("a number and a whole number is a whole number", all_of(N, {"type": "integer"}), {"type": "integer"}),
    pair(
        "a closed part stays a part",
        all_of(obj({"a": S}, additionalProperties=False)),
        all_of(obj({"a": S, "b": S}, additionalProperties=False)),
        "property-added-to-closed SR",
    ),
)
CONDITIONS: Final[tuple[Labelled, ...]] = (
    pair("something is ruled out", S, {**S, "not": {"const": "x"}}, "exclusion-added BS"),
    pair("something is ruled out no more", {**S, "not": {"const": "x"}}, S, "exclusion-removed SB"),
    pair("more is ruled out", {"not": {"enum": ["x"]}}, {"not": {"enum": ["x", "y"]}}, "enum-value-added RS"),
    pair("less is ruled out", {"not": {"enum": ["x", "y"]}}, {"not": {"enum": ["x"]}}, "enum-value-removed SB"),
    pair(
        "ruled out of what is ruled out",
        {"not": {"not": {"minimum": 1}}},
        {"not": {"not": {"minimum": 2}}},
        "minimum-raised BS",
    ),
    pair("a condition comes", {}, {"if": {"required": ["a"]}, "then": {"required": ["b"]}}, "condition-added BS"),
    pair("a condition goes", {"if": {"required": ["a"]}, "then": {"required": ["b"]}}, {}, "condition-removed SB"),
    pair("a condition without consequence says nothing", {}, {"if": {"required": ["a"]}}),
    pair(
        "a condition's consequence asks for more",
        {"if": {"required": ["a"]}, "then": {"minProperties": 1}},
        {"if": {"required": ["a"]}, "then": {"minProperties": 2}},
        "min-properties-raised BS",
    ),
    pair(
        "else asks for less",
        {"if": {"required": ["a"]}, "else": {"minProperties": 2}},
        {"if": {"required": ["a"]}, "else": {"minProperties": 1}},
        "min-properties-lowered SB",
    ),
    pair(
        "another condition",
        {"if": {"required": ["a"]}, "then": {"minProperties": 2}},
        {"if": {"required": ["b"]}, "then": {"minProperties": 2}},
        "condition-changed RR",
    ),
    pair(
        "what is left over is refused",
        obj({"a": S}),
        obj({"a": S}, unevaluatedProperties=False),
        "unevaluated-changed RR",
    ),
    pair(
        "something else is left over",
        obj({"a": S}, unevaluatedProperties=False),
        obj({"a": S, "b": S}, unevaluatedProperties=False),
        "unevaluated-changed RR",
        "property-added RS",
    ),
)
REFERENCES: Final[tuple[Labelled, ...]] = (
    pair("a definition changes", defined(S), defined(N), "type-changed BB"),
    pair("what was written out is referred to", S, defined(S)),
    pair(
        "a definition is called otherwise",
        {"$ref": "#/$defs/x", "$defs": {"x": S}},
        {"$ref": "#/$defs/y", "$defs": {"y": S}},
    ),
    pair("what nobody refers to says nothing", {**S, "$defs": {"x": S}}, {**S, "$defs": {"x": N}}),
    pair(
        "a circle changes in one place",
        defined(obj({"next": {"$ref": "#/$defs/it"}, "v": S})),
        defined(obj({"next": {"$ref": "#/$defs/it"}, "v": N})),
        "type-changed BB",
    ),
    pair(
        "a circle stays as it is",
        defined(obj({"next": {"$ref": "#/$defs/it"}})),
        defined(obj({"next": {"$ref": "#/$defs/it"}})),
    ),
    pair(
        "a reference leads out of the document",
        {"$ref": "https://example.com/a.json"},
        {"$ref": "https://example.com/a.json"},
        "reference-unresolved RR",
    ),
    pair("a reference leads nowhere", S, {"$ref": "#/$defs/gone"}, "reference-unresolved RR"),
    pair(
        "what stands beside a reference holds too", defined(S), {**defined(S), "minLength": 1}, "min-length-raised BS"
    ),
    pair(
        "draft-07 does not read what stands beside a reference",
        {"$schema": "http://json-schema.org/draft-07/schema#", "$ref": "#/definitions/it", "definitions": {"it": S}},
        {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "$ref": "#/definitions/it",
            "minLength": 1,
            "definitions": {"it": S},
        },
    ),
    pair(
        "a definition is found by its anchor",
        defined({"$anchor": "here", **S}, "#here"),
        defined({"$anchor": "here", **N}, "#here"),
        "type-changed BB",
    ),
    pair(
        "what a dynamic reference leads to changes",
        {"$dynamicRef": "#it", "$defs": {"it": {"$dynamicAnchor": "it", **S}}},
        {"$dynamicRef": "#it", "$defs": {"it": {"$dynamicAnchor": "it", **N}}},
        "unsupported-keyword RR",
    ),
    pair(
        "a name with a slash",
        {"$ref": "#/$defs/a~1b", "$defs": {"a/b": S}},
        {"$ref": "#/$defs/a~1b", "$defs": {"a/b": N}},
        "type-changed BB",
    ),
)
SAID: Final[tuple[Labelled, ...]] = (
    pair("what is left out means something else", {**S, "default": "a"}, {**S, "default": "b"}, "default-changed RS"),
    pair("what is left out means something", S, {**S, "default": "a"}, "default-changed RS"),
    pair("it is only read", S, {**S, "readOnly": True}, "read-only-set RS"),
    pair("it may be written", {**S, "readOnly": True}, S),
    pair("it is only written", S, {**S, "writeOnly": True}, "write-only-set SR"),
    pair("it comes back", {**S, "writeOnly": True}, S, "write-only-dropped SR"),
    pair("it is announced to go", S, {**S, "deprecated": True}),
    pair("its words change", {**S, "description": "x"}, {**S, "description": "y"}),
    pair("an extension changes", {**S, "x-order": 1}, {**S, "x-order": 2}),
    pair(
        "a keyword that nobody knows changes", {**S, "frobnicate": 1}, {**S, "frobnicate": 2}, "unsupported-keyword RR"
    ),
    pair("a keyword that nobody knows stays", {**S, "frobnicate": 1}, {**S, "frobnicate": 1}),
    pair("a keyword that nobody knows comes", S, {**S, "$dynamicRef": "#x"}, "unsupported-keyword RR"),
    pair(
        "alternatives are told apart by something else",
        {**S, "discriminator": {"propertyName": "a"}},
        {**S, "discriminator": {"propertyName": "b"}},
        "discriminator-changed RR",
    ),
    pair("examples change", {**S, "examples": ["a"]}, {**S, "examples": ["b"]}),
)
PAIRS: Final = ALTERNATIVES + PARTS + CONDITIONS + REFERENCES + SAID
