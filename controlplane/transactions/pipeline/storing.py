"""What PostgreSQL can hold of what others send: their texts and numbers are theirs, our columns are ours.

A body is kept as bytes, as it came. What is taken out of it goes into text, jsonb and bigint columns, and
one value that does not fit would refuse the whole transaction it is written in.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

_BIGINT = range(-(2**63), 2**63)


def text(value: str) -> str:
    """Without NUL, and with halves of surrogate pairs replaced: neither is in PostgreSQL's text."""
    if "\x00" in value:
        value = value.replace("\x00", "")
    if value.isascii():
        return value
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-8", "replace").decode()
    return value


def bigint(value: Any) -> int | None:
    """A whole number that fits; None for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value in _BIGINT else None


def instant(value: datetime | None) -> datetime | None:
    """With its zone; a time that says none is of UTC."""
    return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


def jsonb(value: Any) -> str:
    """JSON whose texts a jsonb column takes; what JSON has no word for is written as text."""
    try:
        written = orjson.dumps(value, default=_plain)
    except orjson.JSONEncodeError:  # half a surrogate pair, a key that is no text, too deep, or beyond 64 bits
        return json.dumps(_clean(value), default=str)
    if b"\\u0000" not in written:
        return written.decode()
    return orjson.dumps(_clean(value), default=_plain).decode()


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else str(value)


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Mapping):
        return {text(str(key)): _clean(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(entry) for entry in value]
    return value
