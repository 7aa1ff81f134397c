"""Single values: types, lists of values, limits, texts."""

from __future__ import annotations

from typing import Any, Final

from tests.contracts.pairs.labels import Labelled, pair

S: Final[dict[str, Any]] = {"type": "string"}
N: Final[dict[str, Any]] = {"type": "number"}
I: Final[dict[str, Any]] = {"type": "integer"}  # noqa: E741 - the type's letter

TYPES: Final[tuple[Labelled, ...]] = (
    pair("a text stays a text", S, S),
    pair("a text becomes a number", S, N, "type-changed BB"),
    pair("a number becomes a whole number", N, I, "type-narrowed BS"),
    pair("a whole number becomes a number", I, N, "type-widened SB"),
    pair("a text may be a number as well", S, {"type": ["string", "number"]}, "type-widened SB"),
    pair("a text or a number has to be a text", {"type": ["string", "number"]}, S, "type-narrowed BS"),
    pair(
        "a text or a number becomes a text or a truth",
        {"type": ["string", "number"]},
        {"type": ["string", "boolean"]},
        "type-changed BB",
    ),
    pair("a text may be null", S, {"type": ["string", "null"]}, "null-allowed SB"),
    pair("a text may not be null any more", {"type": ["null", "string"]}, S, "null-refused BS"),
    pair("only null becomes a text", {"type": "null"}, S, "type-changed BB"),
    pair("anything becomes a text", {}, S, "type-narrowed BS"),
    pair("a text becomes anything", S, {}, "type-widened SB"),
    pair("anything becomes all types", {}, {"type": ["null", "boolean", "object", "array", "string", "number"]}),
    pair("the order of types says nothing", {"type": ["string", "null"]}, {"type": ["null", "string"]}),
    pair("a type in a list of one is that type", S, {"type": ["string"]}),
    pair("a whole number beside a number adds nothing", N, {"type": ["number", "integer"]}),
    pair("true becomes an object without keywords", True, {}),
    pair("true becomes false", True, False, "schema-refused BS"),
    pair("false becomes true", False, True, "schema-allowed SB"),
    pair("false stays false, written with not", False, {"not": {}}),
    pair("a text becomes nothing at all", S, False, "schema-refused BS"),
    pair("a whole number may be null", I, {"type": ["integer", "null"]}, "null-allowed SB"),
    pair("an object becomes a list", {"type": "object"}, {"type": "array"}, "type-changed BB"),
    pair("a truth may be a text", {"type": "boolean"}, {"type": ["boolean", "string"]}, "type-widened SB"),
)
ENUMS: Final[tuple[Labelled, ...]] = (
    pair("a value is gone", {"enum": ["a", "b"]}, {"enum": ["a"]}, "enum-value-removed BS"),
    pair("a value has come", {"enum": ["a"]}, {"enum": ["a", "b"]}, "enum-value-added SR"),
    pair(
        "one is gone and one has come",
        {"enum": ["a", "b"]},
        {"enum": ["a", "c"]},
        "enum-value-removed BS",
        "enum-value-added SR",
    ),
    pair("the order of values says nothing", {"enum": ["a", "b"]}, {"enum": ["b", "a"]}),
    pair("values are listed", S, {"type": "string", "enum": ["a"]}, "enum-introduced BS"),
    pair("values are not listed any more", {"type": "string", "enum": ["a"]}, S, "enum-dropped SB"),
    pair("the only value is another", {"const": "a"}, {"const": "b"}, "enum-value-removed BS", "enum-value-added SR"),
    pair("the only value becomes a list of one", {"const": "a"}, {"enum": ["a"]}),
    pair("the only value becomes one of two", {"const": 1}, {"enum": [1, 2]}, "enum-value-added SR"),
    pair("one is 1.0", {"const": 1}, {"const": 1.0}),
    pair("one is not true", {"enum": [1]}, {"enum": [True]}, "enum-value-removed BS", "enum-value-added SR"),
    pair("an object's members have no order", {"const": {"a": 1, "b": 2}}, {"const": {"b": 2, "a": 1}}),
    pair("listed texts get their type", {"enum": ["a", "b"]}, {"type": "string", "enum": ["a", "b"]}),
    pair("listed texts lose their type", {"type": "string", "enum": ["a", "b"]}, {"enum": ["a", "b"]}),
    pair("a listed text may not be null any more", {"enum": ["a", None]}, {"enum": ["a"]}, "enum-value-removed BS"),
    pair(
        "a type that a listed value is not of",
        {"enum": ["a", 1]},
        {"type": "string", "enum": ["a", 1]},
        "type-narrowed BS",
    ),
    pair("both const and enum hold", {"enum": ["a", "b"], "const": "a"}, {"const": "a"}),
)
NUMBERS: Final[tuple[Labelled, ...]] = (
    pair("the least goes up", {**N, "minimum": 1}, {**N, "minimum": 2}, "minimum-raised BS"),
    pair("the least goes down", {**N, "minimum": 2}, {**N, "minimum": 1}, "minimum-lowered SB"),
    pair("a least is asked for", N, {**N, "minimum": 0}, "minimum-raised BS"),
    pair("no least is asked for", {**N, "minimum": 0}, N, "minimum-lowered SB"),
    pair("the least itself is refused", {**N, "minimum": 1}, {**N, "exclusiveMinimum": 1}, "minimum-raised BS"),
    pair("the least itself is let in", {**N, "exclusiveMinimum": 1}, {**N, "minimum": 1}, "minimum-lowered SB"),
    pair("the most goes down", {**N, "maximum": 9}, {**N, "maximum": 8}, "maximum-lowered BS"),
    pair("the most goes up", {**N, "maximum": 8}, {**N, "maximum": 9}, "maximum-raised SB"),
    pair("a most is asked for", N, {**N, "maximum": 9}, "maximum-lowered BS"),
    pair("no most is asked for", {**N, "maximum": 9}, N, "maximum-raised SB"),
    pair("the most itself is refused", {**N, "maximum": 9}, {**N, "exclusiveMaximum": 9}, "maximum-lowered BS"),
    pair("the most itself is let in", {**N, "exclusiveMaximum": 9}, {**N, "maximum": 9}, "maximum-raised SB"),
    pair("of two limits the stricter counts", {**N, "minimum": 1, "exclusiveMinimum": 0}, {**N, "minimum": 1}),
    pair(
        "both limits move",
        {**N, "minimum": 1, "maximum": 5},
        {**N, "minimum": 0, "maximum": 4},
        "minimum-lowered SB",
        "maximum-lowered BS",
    ),
    pair("a limit of numbers says nothing of texts", S, {**S, "minimum": 5}),
    pair("1 and 1.0 are one limit", {**N, "minimum": 1}, {**N, "minimum": 1.0}),
    pair("a multiple is asked for", N, {**N, "multipleOf": 2}, "multiple-of-narrowed BS"),
    pair("no multiple is asked for", {**N, "multipleOf": 2}, N, "multiple-of-widened SB"),
    pair("a multiple of more", {**N, "multipleOf": 2}, {**N, "multipleOf": 4}, "multiple-of-narrowed BS"),
    pair("a multiple of less", {**N, "multipleOf": 4}, {**N, "multipleOf": 2}, "multiple-of-widened SB"),
    pair("a multiple of something else", {**N, "multipleOf": 4}, {**N, "multipleOf": 6}, "multiple-of-changed BB"),
    pair("tenths become hundredths", {**N, "multipleOf": 0.1}, {**N, "multipleOf": 0.01}, "multiple-of-widened SB"),
    pair("a negative least goes up", {**I, "minimum": -5}, {**I, "minimum": -1}, "minimum-raised BS"),
)
TEXTS: Final[tuple[Labelled, ...]] = (
    pair("the shortest is longer", {**S, "minLength": 1}, {**S, "minLength": 2}, "min-length-raised BS"),
    pair("the shortest is shorter", {**S, "minLength": 2}, {**S, "minLength": 1}, "min-length-lowered SB"),
    pair("empty texts are refused", S, {**S, "minLength": 1}, "min-length-raised BS"),
    pair("a shortest of none says nothing", S, {**S, "minLength": 0}),
    pair("the longest is shorter", {**S, "maxLength": 9}, {**S, "maxLength": 8}, "max-length-lowered BS"),
    pair("the longest is longer", {**S, "maxLength": 8}, {**S, "maxLength": 9}, "max-length-raised SB"),
    pair("a longest is asked for", S, {**S, "maxLength": 8}, "max-length-lowered BS"),
    pair("no longest is asked for", {**S, "maxLength": 8}, S, "max-length-raised SB"),
    pair("a pattern is asked for", S, {**S, "pattern": "^[A-Z]{2}"}, "pattern-added BS"),
    pair("no pattern is asked for", {**S, "pattern": "^a"}, S, "pattern-removed SB"),
    pair("another pattern", {**S, "pattern": "^a"}, {**S, "pattern": "^ab"}, "pattern-changed RR"),
    pair("a pattern says nothing of numbers", N, {**N, "pattern": "^a"}),
    pair("a format is said", S, {**S, "format": "date"}, "format-added RS"),
    pair("no format is said", {**S, "format": "date"}, S, "format-removed SR"),
    pair("a date becomes a moment", {**S, "format": "date"}, {**S, "format": "date-time"}, "format-changed BB"),
    pair(
        "what is packed within is packed otherwise",
        {**S, "contentEncoding": "base64"},
        {**S, "contentEncoding": "base16"},
        "encoding-changed RR",
    ),
    pair(
        "what is within is XML",
        {**S, "contentMediaType": "application/json"},
        {**S, "contentMediaType": "application/xml"},
        "encoding-changed RR",
    ),
)
PAIRS: Final = TYPES + ENUMS + NUMBERS + TEXTS
