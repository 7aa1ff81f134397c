"""Stripe's request bodies: nested values as form fields with brackets (``address[city]=Ghent``).

Source: docs.stripe.com/api, "form-encoded request bodies", as ``stripe-python`` writes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from connectors.errors import Rejected


def form(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The fields in order. ``None`` empties a field. A float is refused: amounts are whole minor units."""
    return [field for name, value in values.items() for field in _fields(str(name), value)]


def _fields(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _fields(f"{name}[{key}]", inner)
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from _fields(f"{name}[{index}]", inner)
    else:
        yield name, _text(name, value)


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int):
        return str(value)
    raise Rejected(
        f"{name!r} is neither text nor a whole number; amounts are whole minor units (1250 for 12.50)",
        detail="invalid_body",
    )
