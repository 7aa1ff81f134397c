"""Pairs of schemas that share most of their structure, and values small enough to tell them apart."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from hypothesis import strategies as st

Schema: TypeAlias = Any
Pair: TypeAlias = tuple[Schema, Schema]
Draw: TypeAlias = Callable[[st.SearchStrategy[Any]], Any]

NAMES: Final = ("a", "b", "c")
TYPES: Final = ("null", "boolean", "object", "array", "string", "number", "integer")
_SCALARS: Final = (None, True, False, 0, 1, 2, 3, 5, -1, 1.5, 0.1, "", "a", "ab", "abc", "x", "2026-11-29")
_LIMITS: Final = st.integers(0, 4)
_DEEPEST: Final = 3

_VALUES: Final[dict[str, st.SearchStrategy[Any]]] = {
    "type": st.one_of(st.sampled_from(TYPES), st.lists(st.sampled_from(TYPES), min_size=1, max_size=3, unique=True)),
    "enum": st.lists(st.sampled_from(_SCALARS), min_size=1, max_size=4, unique_by=repr),
    "const": st.sampled_from(_SCALARS),
    "minimum": _LIMITS,
    "maximum": _LIMITS,
    "exclusiveMinimum": _LIMITS,
    "exclusiveMaximum": _LIMITS,
    "multipleOf": st.sampled_from([1, 2, 3, 0.1, 0.5]),
    "minLength": _LIMITS,
    "maxLength": _LIMITS,
    "pattern": st.sampled_from(["^a", "b$", "^[a-c]*$"]),
    "minItems": _LIMITS,
    "maxItems": _LIMITS,
    "uniqueItems": st.booleans(),
    "minProperties": _LIMITS,
    "maxProperties": _LIMITS,
    "required": st.lists(st.sampled_from(NAMES), max_size=3, unique=True),
    "dependentRequired": st.dictionaries(
        st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES), max_size=2, unique=True), max_size=2
    ),
    "minContains": st.integers(0, 2),
    "maxContains": st.integers(1, 3),
}
_ONE: Final = ("items", "additionalProperties", "propertyNames", "contains", "not", "if", "then", "else")
_MORE: Final = ("unevaluatedProperties", "unevaluatedItems")
_LISTED: Final = ("allOf", "anyOf", "oneOf", "prefixItems")
_NAMED: Final = ("properties", "patternProperties", "dependentSchemas")
_REFERENCE: Final = "#/$defs/d"


@st.composite
def schema_pairs(draw: Draw) -> Pair:
    """A schema and what it may have become."""
    old, new = _pair(draw, 0)
    old_definition, new_definition = _objects(draw, _DEEPEST - 1)
    if isinstance(old, dict):
        old = {**old, "$defs": {"d": old_definition}}
    if isinstance(new, dict):
        new = {**new, "$defs": {"d": new_definition}}
    return old, new


def _pair(draw: Draw, depth: int) -> Pair:
    how = draw(st.integers(0, 11))
    if how == 0:
        return draw(st.booleans()), draw(st.booleans())
    if how == 1:
        return {"$ref": _REFERENCE}, {"$ref": _REFERENCE}
    return _objects(draw, depth)


def _objects(draw: Draw, depth: int) -> tuple[dict[str, Any], dict[str, Any]]:
    old: dict[str, Any] = {}
    new: dict[str, Any] = {}
    for keyword in draw(st.lists(st.sampled_from(_keywords(depth)), max_size=4, unique=True)):
        was, now = _under(draw, keyword, depth)
        side = draw(st.integers(0, 7))
        if side != 0:
            old[keyword] = was
        if side != 1:
            new[keyword] = now
    return old, new


def _keywords(depth: int) -> tuple[str, ...]:
    plain = tuple(_VALUES)
    return plain if depth >= _DEEPEST else (*plain, *(_ONE + _LISTED + _NAMED) * 2, *_MORE)


def _under(draw: Draw, keyword: str, depth: int) -> Pair:
    if keyword in _VALUES:
        was = draw(_VALUES[keyword])
        return was, was if draw(st.integers(0, 3)) else draw(_VALUES[keyword])
    if keyword in _LISTED:
        return _lists(draw, depth)
    if keyword in _NAMED:
        names = NAMES if keyword != "patternProperties" else ("^a", "b", "^[bc]$")
        return _tables(draw, depth, names)
    return _pair(draw, depth + 1)


def _lists(draw: Draw, depth: int) -> Pair:
    pairs = [_pair(draw, depth + 1) for _ in range(draw(st.integers(1, 3)))]
    old, new = [was for was, _ in pairs], [now for _, now in pairs]
    if draw(st.integers(0, 3)) == 0:
        new = draw(st.permutations(new))
    if len(pairs) > 1 and (gone := draw(st.integers(0, 5))) < 2:
        (old, new)[gone].pop()
    return old, new


def _tables(draw: Draw, depth: int, names: tuple[str, ...]) -> Pair:
    old, new = {}, {}
    for name in draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True)):
        was, now = _pair(draw, depth + 1)
        side = draw(st.integers(0, 5))
        if side != 0:
            old[name] = was
        if side != 1:
            new[name] = now
    return old, new


def _value(chance: random.Random, depth: int) -> Any:
    kind = chance.random()
    if depth == 0 or kind < 0.4:
        return chance.choice(_SCALARS)
    if kind < 0.65:
        return [_value(chance, depth - 1) for _ in range(chance.randint(0, 3))]
    return {name: _value(chance, depth - 1) for name in chance.sample((*NAMES, "d"), chance.randint(0, 3))}


def _values() -> list[Any]:
    chance = random.Random(20_261_129)  # noqa: S311 - the same values in each run
    lists = [[one] for one in _SCALARS] + [[one, one] for one in _SCALARS]
    objects = [{name: one} for name in NAMES for one in _SCALARS]
    return [*_SCALARS, [], {}, *lists, *objects, *(_value(chance, 3) for _ in range(500))]


VALUES: Final = _values()
