"""Reading a named member from whatever a page passes: a mapping, a dataclass or a model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def member(value: Any, name: str, default: Any = None) -> Any:
    """``value[name]`` of a mapping, ``value.name`` of anything else; ``default`` when it has none."""
    if isinstance(value, Mapping):
        return value.get(name, default)
    return getattr(value, name, default)
