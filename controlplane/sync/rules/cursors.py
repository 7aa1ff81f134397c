"""A cursor that a person typed: whether it can be one at all. What it means, only the connector knows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any

from controlplane.foundation.errors import Invalid

MOST_CHARACTERS = 4_000

#: What PostgreSQL's jsonb refuses: an escaped NUL, and surrogates that stand alone.
_UNKEEPABLE = re.compile(r"\\u0000|[\ud800-\udfff]")


def read(text: str) -> dict[str, Any]:
    """The cursor in ``text``, a JSON object; nothing at all means from the start."""
    if len(text) > MOST_CHARACTERS:
        raise Invalid(f"A cursor has at most {MOST_CHARACTERS:,} characters.", field="cursor")
    try:
        found = json.loads(text or "{}", parse_constant=_refuse, parse_float=_finite)
    except ValueError as error:
        raise Invalid(f"This is not JSON: {error}. Nothing was changed.", field="cursor") from None
    except RecursionError:
        raise Invalid("This is nested too deeply to be a cursor. Nothing was changed.", field="cursor") from None
    if not isinstance(found, dict):
        raise Invalid('A cursor is a JSON object, such as {"since": "2026-11-21T00:00:00Z"}.', field="cursor")
    if _UNKEEPABLE.search(json.dumps(found, ensure_ascii=False)):
        raise Invalid("A cursor cannot hold NUL or half a character. Nothing was changed.", field="cursor")
    return found


def _refuse(number: str) -> Any:
    message = f"{number[:40]} is no number that a cursor can hold"
    raise ValueError(message)


def _finite(number: str) -> float:
    return found if isfinite(found := float(number)) else _refuse(number)


def written(cursor: Mapping[str, Any]) -> str:
    """A cursor as people read and edit it: sorted, one line."""
    return json.dumps(dict(cursor), sort_keys=True, ensure_ascii=False)


def unknown_members(cursor: Mapping[str, Any], seen: Iterable[Mapping[str, Any]]) -> list[str]:
    """Names that none of the cursors ``seen`` before has: perhaps a slip, which the connector would ignore."""
    known = {name for other in seen for name in other}
    return sorted(set(cursor) - known) if known else []
