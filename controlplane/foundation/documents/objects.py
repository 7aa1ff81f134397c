"""What readers of JSON pass over in silence: names that stand twice, and characters that cannot be kept."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

#: What PostgreSQL has no text for: zeros, and halves of pairs.
UNKEPT: Final = re.compile("[\x00\ud800-\udfff]")


def repeated(names: Iterable[str]) -> str | None:
    """The first name that stands there a second time, None where each stands once; in one pass."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def holds_unkept(document: Any) -> bool:
    """Whether a text anywhere in it, or a name, has a character that cannot be kept."""
    level = [document]
    while level:
        if any(isinstance(one, str) and UNKEPT.search(one) for one in level):
            return True
        level = [inner for one in level for inner in _inside(one)]
    return False


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return [*value, *value.values()]
    return value if isinstance(value, list | tuple) else ()
