"""How lists and objects are written into parameters."""

from __future__ import annotations


def style_of(style: tuple[str, bool]) -> str:
    """In words: form, each value by itself."""
    name, exploded = style
    return f"{name}, {'each value by itself' if exploded else 'all in one'}"
