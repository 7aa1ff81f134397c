"""``allOf`` told as one schema, where that says the same: how OpenAPI descriptions are put together.

A part whose keywords bear on each other (``additionalProperties`` looks at the ``properties`` beside it) stays a part.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from controlplane.contracts.diff.dialects import SAID
from controlplane.contracts.diff.nodes import Node
from controlplane.contracts.diff.values import number, same

#: Keywords of which the stricter counts, and which that is.
_STRICTER: Final = {
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"), max),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"), min),
}
_TOGETHER: Final = frozenset({"type", "properties", "required", *_STRICTER})
#: What looks at the properties of the schema it stands in.
_LOOKS_BESIDE: Final = frozenset(
    {"additionalProperties", "patternProperties", "unevaluatedProperties", "unevaluatedItems"}
)
#: What a null has to pass as well.
_LOOKS_AT_NULL: Final = frozenset({"enum", "not", "allOf", "anyOf", "oneOf", "if"})
_OR_NULL: Final = 2
MOST_PARTS: Final = 500


def flattened(node: Node) -> Node:
    """The same schema with as few parts as can be said; made once for each."""
    if node.flat is None:
        node.flat = _with_null(_without_parts(node))
        node.flat.flat = node.flat
    return node.flat


def _without_parts(node: Node) -> Node:
    if "allOf" not in node.words:
        return node
    parts = _parts(node)
    own = {name: value for name, value in node.words.items() if name != "allOf"}
    if parts is None or _LOOKS_BESIDE & own.keys():
        return node
    kept: list[Any] = []
    for part in parts:
        if part.unresolved or not _joinable(own, part.words):
            kept.append(part.schema)
        else:
            own = _joined(own, part.words)
    if kept:
        own["allOf"] = kept
    return Node.of_words(node.document, own, node.base)


def _with_null(node: Node) -> Node:
    """A schema or null is that schema with one more type, where nothing else of it looks at null."""
    union = next((word for word in ("anyOf", "oneOf") if node.words.keys() - SAID == {word}), "")
    alternatives = node.several(union) if union else []
    if len(alternatives) != _OR_NULL or sum(one.types == {"null"} for one in alternatives) != 1:
        return node
    (other,) = (_without_parts(one) for one in alternatives if one.types != {"null"})
    if "type" not in other.words or other.words.keys() & _LOOKS_AT_NULL or other.foreign or other.unresolved:
        return node
    said = {name: value for name, value in node.words.items() if name in SAID}
    words = {**other.words, **said, "type": sorted({*other.types, "null"})}
    return Node.of_words(node.document, words, node.base)


def _parts(node: Node) -> list[Node] | None:
    """Parts, and the parts of parts that are nothing but parts; None where they are too many, or a circle."""
    found: list[Node] = []
    waiting, seen = list(reversed(node.several("allOf"))), 0
    while waiting:
        part = waiting.pop()
        seen += 1
        if seen > MOST_PARTS:
            return None
        if part.words.keys() - SAID == {"allOf"} and not part.unresolved:
            waiting += reversed(part.several("allOf"))
        else:
            found.append(part)
    return found


def _joinable(own: Mapping[str, Any], part: Mapping[str, Any]) -> bool:
    said = part.keys() & SAID
    if part.keys() - said - _TOGETHER:
        return False
    return all(number(one[name]) is not None for one in (own, part) for name in _STRICTER if name in one)


def _joined(own: Mapping[str, Any], part: Mapping[str, Any]) -> dict[str, Any]:
    joined = dict(own)
    for name, value in part.items():
        if name in SAID:
            joined.setdefault(name, value)
        elif name not in joined:
            joined[name] = value
        elif name in _STRICTER:
            joined[name] = _STRICTER[name](joined[name], value)
        elif name == "required":
            joined[name] = sorted({*map(str, joined[name]), *map(str, value)})
        elif name == "type":
            joined[name] = _both(joined[name], value)
        else:
            joined[name] = _properties(joined[name], value)
    return joined


def _both(one: Any, other: Any) -> list[str]:
    """Types that both let in; a whole number is a number."""
    mine, theirs = ({named} if isinstance(named, str) else set(map(str, named)) for named in (one, other))
    found = mine & theirs
    if "integer" in mine ^ theirs and "number" in mine | theirs:
        found.add("integer")
    return sorted(found)


def _properties(own: Mapping[str, Any], part: Mapping[str, Any]) -> dict[str, Any]:
    joined = dict(own)
    for name, schema in part.items():
        if name not in joined:
            joined[name] = schema
        elif not same(joined[name], schema):
            joined[name] = {"allOf": [joined[name], schema]}
    return joined
