"""What a vote is bound to: the hash of everything that was decided on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson

_SORTED = orjson.OPT_SORT_KEYS
#: As JSON, in bytes. A change tells what is to be; it does not carry data.
LARGEST = 1_000_000


def hash_of(value: object) -> str:
    """SHA-256, in hexadecimal digits, of a JSON value with its names sorted and without white space."""
    return hashlib.sha256(orjson.dumps(value, option=_SORTED)).hexdigest()


def size_of(value: object) -> int:
    """Its length as JSON, in bytes."""
    return len(orjson.dumps(value))


def content_hash(
    *, kind: str, subject: tuple[str, str], title: str, why: str, content: Mapping[str, Any], base_hash: str
) -> str:
    """The hash of a revision: what it is about, what it is called, its reason, its content and what that stands on."""
    return hash_of(
        {"kind": kind, "subject": list(subject), "title": title, "why": why, "content": content, "base": base_hash}
    )
