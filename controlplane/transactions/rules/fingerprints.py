"""Fingerprints: whether two things are the same, without keeping either.

A record's fingerprint is over its meaningful fields, with empty ones left out: vendors differ in
whether they say ``null``, ``""`` or nothing. A failure's fingerprint groups dead letters by cause:
numbers, ids, e-mail addresses and quoted values in the reason do not tell causes apart.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import orjson

from controlplane.foundation.ids import digest_uuid
from controlplane.transactions.rules.quoted import APOSTROPHE, QUOTED

_EMPTY: tuple[Any, ...] = (None, "", [], {})
_ADDRESS = r"[^\s@<>\"'(),;:„“”]+@[^\s@<>\"'(),;:“”]+\.[^\s@<>\"'(),;:“”]+"
_VARIABLE = re.compile(
    rf"(?P<apostrophe>{APOSTROPHE})|{QUOTED}|{_ADDRESS}|\b[0-9a-f]{{8,}}\b|\b\w*\d[\w-]*\b", re.IGNORECASE
)


def _significant(value: Any) -> Any:
    if isinstance(value, Mapping):
        kept = {str(key): _significant(entry) for key, entry in value.items()}
        return {key: entry for key, entry in kept.items() if entry not in _EMPTY}
    if isinstance(value, list | tuple):
        return [_significant(entry) for entry in value]
    return value


def of_record(record: Mapping[str, Any], volatile: Collection[str] = frozenset()) -> UUID:
    """The fingerprint of a record without its ``volatile`` top-level fields."""
    kept = {key: entry for key, entry in record.items() if key not in volatile}
    return digest_uuid(_canonical(_significant(kept)))


def _canonical(value: Any) -> bytes:
    """One spelling of a JSON value; numbers beyond 64 bits and great depth are spelled by the slower writer."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS, default=str)
    except orjson.JSONEncodeError:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), default=str).encode()


def of_failure(integration_id: int, step: str, error_class: str, reason: str) -> UUID:
    """The fingerprint of a cause: the same step failing in the same way."""
    return digest_uuid(str(integration_id).encode(), step.encode(), error_class.encode(), plain(reason).encode())


def plain(reason: str) -> str:
    """A reason without its numbers, ids, addresses and quoted values: the same of every event that fails this way."""
    return _VARIABLE.sub(lambda found: found["apostrophe"] or "…", reason)
