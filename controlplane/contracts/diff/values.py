"""JSON values as JSON Schema compares them: true is not 1, and 1 is 1.0."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any


def key(value: Any) -> Hashable:
    """Equal for equal JSON values, and only for them; the order of members says nothing."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return type(value).__name__, value
    if isinstance(value, int | float):
        return "number", value
    if isinstance(value, Mapping):
        return "object", frozenset((name, key(one)) for name, one in value.items())
    if isinstance(value, list | tuple):
        return "array", tuple(key(one) for one in value)
    return "text", str(value)


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are certainly equal; of what is too deep to be walked, nobody is certain."""
    try:
        return one is other or key(one) == key(other)
    except RecursionError:
        return False


def number(value: Any) -> float | int | None:
    """A limit; None for what is none."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
