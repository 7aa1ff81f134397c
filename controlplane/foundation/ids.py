"""Time-ordered ids: UUID version 7 (RFC 9562), the key of every hot table and of its partitions.

The first 48 bits are milliseconds since 1970, so a moment is also a bound: a week of a table is the
range between two uuids, and a query limited by time is limited by id.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

__all__ = ["digest_uuid", "milliseconds", "moment", "uuid7", "uuid7_floor"]

_RANDOM_BITS = 80
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def uuid7_floor(at: datetime) -> UUID:
    """The smallest id that could have been made at ``at``; SQL has the same function."""
    return UUID(int=(at - _EPOCH) // _MILLISECOND << _RANDOM_BITS)


def moment(identifier: UUID) -> datetime:
    """When ``identifier`` was made, to the millisecond, in UTC; the last of all times where no clock made it."""
    try:
        return _EPOCH + milliseconds(identifier) * _MILLISECOND
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def milliseconds(identifier: UUID) -> int:
    """The same as milliseconds since 1970."""
    return identifier.int >> _RANDOM_BITS


def digest_uuid(*parts: bytes) -> UUID:
    """The first 16 bytes of SHA-256 over ``parts``, as PostgreSQL's cheapest 16-byte key.

    Each part is preceded by its length, so that ("ab", "c") and ("a", "bc") differ.
    """
    hashed = hashlib.sha256()
    for part in parts:
        hashed.update(len(part).to_bytes(8, "big") + part)
    return UUID(bytes=hashed.digest()[:16])
