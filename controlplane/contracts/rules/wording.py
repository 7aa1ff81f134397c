"""Values of schemas as sentences show them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

_LONGEST = 60
_MOST = 6


def value(shown: Any) -> str:
    """A value as JSON, cut where it is long."""
    text = json.dumps(shown, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def values(shown: Iterable[Any]) -> str:
    """Several, and how many more there are."""
    listed = [value(one) for one in shown]
    more = len(listed) - _MOST
    return ", ".join(listed[:_MOST]) + (f" and {more} more" if more > 0 else "")


def types(shown: Iterable[str]) -> str:
    """Types: "string or null"."""
    return " or ".join(shown) or "nothing"
