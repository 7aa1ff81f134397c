"""Days on which something ends: dates of ISO 8601, as the extension ``x-sunset`` has them."""

from __future__ import annotations

from datetime import date
from typing import Any

_DAY = len("2026-11-29")


def is_later(new: Any, old: Any) -> bool:
    """Whether one day is not before the other. A day that cannot be read is not later than any."""
    try:
        return date.fromisoformat(str(new)[:_DAY]) >= date.fromisoformat(str(old)[:_DAY])
    except ValueError:
        return False
