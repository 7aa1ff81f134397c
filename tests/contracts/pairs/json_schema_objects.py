"""Objects: properties that come and go, have to be there, and what else is let in."""

from __future__ import annotations

from typing import Any, Final

from tests.contracts.pairs.labels import Labelled, pair


def obj(properties: dict[str, Any] | None = None, *required: str, **words: Any) -> dict[str, Any]:
    """An object."""
    found: dict[str, Any] = {"type": "object", "properties": properties or {}, **words}
    return found | ({"required": list(required)} if required else {})


def shut(properties: dict[str, Any] | None = None, *required: str) -> dict[str, Any]:
    """An object that lets in nothing that is not described."""
    return obj(properties, *required, additionalProperties=False)


S: Final = {"type": "string"}
N: Final = {"type": "number"}
A: Final = {"a": S}
AB: Final = {"a": S, "b": N}

PAIRS: Final[tuple[Labelled, ...]] = (
    pair("an optional property comes", obj(A), obj(AB), "property-added RS"),
    pair("an optional property that may be anything comes", obj(A), obj({**A, "b": {}})),
    pair("a required property comes", obj(A), obj(AB, "b"), "required-property-added BS"),
    pair("an optional property comes to a closed object", shut(A), shut(AB), "property-added-to-closed SR"),
    pair("a required property comes to a closed object", shut(A), shut(AB, "b"), "required-property-added BR"),
    pair("an optional property goes", obj(AB), obj(A), "property-removed SR"),
    pair("a required property goes", obj(AB, "b"), obj(A), "required-property-removed SB"),
    pair("an optional property goes from a closed object", shut(AB), shut(A), "property-removed-from-closed BR"),
    pair("a required property goes from a closed object", shut(AB, "b"), shut(A), "required-property-removed BB"),
    pair("a property is renamed", obj({"a": S}), obj({"b": S}), "property-removed SR", "property-added RS"),
    pair(
        "a required property is renamed",
        obj({"a": S}, "a"),
        obj({"b": S}, "b"),
        "required-property-removed SB",
        "required-property-added BS",
    ),
    pair("a property has to be there", obj(A), obj(A, "a"), "required-added BS"),
    pair("a property may be left out", obj(A, "a"), obj(A), "required-removed SB"),
    pair("what nobody described has to be there", obj(), obj(None, "x"), "required-added BS"),
    pair("the order of what is required says nothing", obj(AB, "a", "b"), obj(AB, "b", "a")),
    pair("the order of properties says nothing", obj({"a": S, "b": N}), obj({"b": N, "a": S})),
    pair("what was required is described", obj(None, "b"), obj({"b": N}, "b"), "property-added RS"),
    pair("what stays required is not described any more", obj(AB, "b"), obj(A, "b"), "property-removed SR"),
    pair(
        "described, and free to be left out", obj(None, "b"), obj({"b": N}), "property-added RS", "required-removed SB"
    ),
    pair("undescribed, and has to be there", obj(AB), obj(A, "b"), "property-removed SR", "required-added BS"),
    pair("a property's type changes", obj({"a": S}), obj({"a": N}), "type-changed BB"),
    pair("a property may be null", obj(A), obj({"a": {"type": ["string", "null"]}}), "null-allowed SB"),
    pair(
        "a property three deep changes",
        obj({"a": obj({"b": obj({"c": S})})}),
        obj({"a": obj({"b": obj({"c": N})})}),
        "type-changed BB",
    ),
    pair("others are refused", obj(A), shut(A), "closed-to-unknown BS"),
    pair("others are let in", shut(A), obj(A), "opened-to-unknown SR"),
    pair("that others are let in is said", obj(A), obj(A, additionalProperties=True)),
    pair("others have to be texts", obj(A), obj(A, additionalProperties=S), "type-narrowed BS"),
    pair("others may be anything", obj(A, additionalProperties=S), obj(A), "type-widened SB"),
    pair("others become numbers", obj(A, additionalProperties=S), obj(A, additionalProperties=N), "type-changed BB"),
    pair(
        "a table becomes one of texts or null",
        obj(additionalProperties=S),
        obj(additionalProperties={"type": ["string", "null"]}),
        "null-allowed SB",
    ),
    pair("one of a table is described as it was", obj(additionalProperties=S), obj({"a": S}, additionalProperties=S)),
    pair(
        "one of a table is described otherwise",
        obj(additionalProperties=S),
        obj({"a": N}, additionalProperties=S),
        "type-changed BB",
    ),
    pair(
        "one of a table is not described by itself any more",
        obj({"a": N}, additionalProperties=S),
        obj(additionalProperties=S),
        "property-removed SR",
        "type-changed BB",
    ),
    pair("a name is reserved", obj(A), obj({**A, "b": False}), "property-refused BS"),
    pair("a name is reserved where none was let in", shut(A), shut({**A, "b": False})),
    pair("a reserved name goes from a closed object", shut({**A, "b": False}), shut(A)),
    pair("a reserved name is free", obj({**A, "b": False}), obj(A), "property-removed SR"),
    pair("a property is refused", obj(AB), obj({**A, "b": False}), "schema-refused BS"),
    pair("more properties have to be there", obj(minProperties=1), obj(minProperties=2), "min-properties-raised BS"),
    pair("fewer properties have to be there", obj(minProperties=2), obj(minProperties=1), "min-properties-lowered SB"),
    pair("fewer properties may be there", obj(maxProperties=5), obj(maxProperties=4), "max-properties-lowered BS"),
    pair("more properties may be there", obj(maxProperties=4), obj(maxProperties=5), "max-properties-raised SB"),
    pair("names get a pattern", obj(), obj(propertyNames={"pattern": "^[a-z]+$"}), "pattern-added BS"),
    pair("names lose their pattern", obj(propertyNames={"pattern": "^[a-z]+$"}), obj(), "pattern-removed SB"),
    pair(
        "properties by pattern change their type",
        obj(patternProperties={"^x_": S}),
        obj(patternProperties={"^x_": N}),
        "type-changed BB",
    ),
    pair("properties by pattern come", obj(), obj(patternProperties={"^x_": S}), "pattern-properties-changed RR"),
    pair(
        "properties by another pattern",
        obj(patternProperties={"^x_": S}),
        obj(patternProperties={"^y_": S}),
        "pattern-properties-changed RR",
    ),
    pair(
        "a property comes where a pattern may catch it",
        obj(patternProperties={"^b": N}),
        obj({"b": N}, patternProperties={"^b": N}),
        "property-added RR",
    ),
    pair(
        "with one, another has to be there",
        obj(AB),
        obj(AB, dependentRequired={"a": ["b"]}),
        "dependent-required-added BS",
    ),
    pair(
        "with one, another may be left out",
        obj(AB, dependentRequired={"a": ["b"]}),
        obj(AB),
        "dependent-required-removed SB",
    ),
    pair(
        "with one, something else has to be there",
        obj(AB, dependentRequired={"a": ["b"]}),
        obj(AB, dependentRequired={"a": ["c"]}),
        "dependent-required-changed BB",
    ),
    pair(
        "with one, another has to be of a kind",
        obj(AB),
        obj(AB, dependentSchemas={"a": {"required": ["b"]}}),
        "required-added BS",
    ),
    pair(
        "with one, another need not be of a kind",
        obj(AB, dependentSchemas={"a": {"required": ["b"]}}),
        obj(AB),
        "required-removed SB",
    ),
    pair(
        "draft-07's dependencies are the same in two words",
        {"$schema": "http://json-schema.org/draft-07/schema#", "dependencies": {"a": ["b"], "c": {"required": ["d"]}}},
        {"dependentRequired": {"a": ["b"]}, "dependentSchemas": {"c": {"required": ["d"]}}},
    ),
    pair("a dotted name is a name", obj({"a.b": S}), obj({"a.b": N}), "type-changed BB"),
    pair("an object may be null as well", obj(A), {**obj(A), "type": ["object", "null"]}, "null-allowed SB"),
)
