"""A schema amended to what is seen: as little as lets it in, and nothing that was agreed is taken away.

What is described by reference, as a map or by alternatives is refused with the reason: a person writes that.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from controlplane.foundation.errors import Invalid
from controlplane.foundation.pointers import segments


def amended(schema: dict[str, Any], kind: str, pointer: str, kinds: Sequence[str]) -> dict[str, Any]:
    """A copy that lets in what a drift of this kind showed; :class:`Invalid` where only a person can write it."""
    match kind:
        case "new":
            return with_field(schema, pointer, kinds)
        case "vanished":
            return without_need(schema, pointer)
        case "type" | "null":
            return widened(schema, pointer, kinds)
        case _:
            raise by_hand(pointer)


def with_field(schema: dict[str, Any], pointer: str, kinds: Sequence[str]) -> dict[str, Any]:
    """A copy that names the field, which may be left out."""
    made = copy.deepcopy(schema)
    at, name = _holder(made, pointer)
    at.setdefault("properties", {}).setdefault(name, {"type": kinds[0] if len(kinds) == 1 else list(kinds)})
    return made


def without_need(schema: dict[str, Any], pointer: str) -> dict[str, Any]:
    """A copy in which the field may be left out."""
    made = copy.deepcopy(schema)
    at, name = _holder(made, pointer)
    if name in (needed := at.get("required") or []):
        at["required"] = [one for one in needed if one != name]
        if not at["required"]:
            del at["required"]
    return made


def widened(schema: dict[str, Any], pointer: str, kinds: Sequence[str]) -> dict[str, Any]:
    """A copy in which the field may be of these kinds as well."""
    made = copy.deepcopy(schema)
    at = _field(made, pointer)
    listed = at.get("type")
    if listed is not None:
        named = [listed] if isinstance(listed, str) else list(listed)
        for kind in kinds:
            if kind == "number" and "integer" in named:
                named[named.index("integer")] = kind
            elif kind not in named:
                named.append(kind)
        at["type"] = named[0] if len(named) == 1 else named
    if "null" in kinds and isinstance(at.get("enum"), list) and None not in at["enum"]:
        at["enum"].append(None)
    return made


def with_values(schema: dict[str, Any], pointer: str, values: Sequence[Any]) -> dict[str, Any]:
    """A copy whose enumeration has these values as well."""
    made = copy.deepcopy(schema)
    at = _field(made, pointer)
    if not isinstance(at.get("enum"), list):
        raise by_hand(pointer)
    at["enum"] += [value for value in values if value not in at["enum"]]
    return made


def by_hand(pointer: str) -> Invalid:
    """Nobody but a person can say how."""
    return Invalid(f"The contract describes the place of {pointer} by reference or as a map; write it by hand.")


def _holder(schema: dict[str, Any], pointer: str) -> tuple[dict[str, Any], str]:
    """What describes the object that has the field, and the field's name there."""
    *path, name = segments(pointer)
    at = schema
    for part in path:
        at = _below(at, part, pointer)
    if name == "*" or "$ref" in at:
        raise by_hand(pointer)
    return at, name


def _field(schema: dict[str, Any], pointer: str) -> dict[str, Any]:
    """What describes the field itself."""
    at = schema
    for part in segments(pointer):
        at = _below(at, part, pointer)
    if any(word in at for word in ("$ref", "anyOf", "oneOf", "allOf", "const")):
        raise by_hand(pointer)
    return at


def _below(at: dict[str, Any], part: str, pointer: str) -> dict[str, Any]:
    inner = at.get("items") if part == "*" else at.get("properties", {}).get(part)
    if "$ref" in at or not isinstance(inner, dict):
        raise by_hand(pointer)
    return inner
