"""How records are chained: the canonical form of one, and its hash. Pure functions.

``hash = SHA-256(previous hash ‖ canonical JSON)``. The canonical JSON has sorted keys, no spaces,
UTF-8, times in UTC with six digits; it holds no fractions, because a number that went through
PostgreSQL's ``numeric`` and back need not print as it did (amounts travel as text or whole minor
units anyway).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from controlplane.audit.models import AuditRecord

#: What stands before the first record.
GENESIS = bytes(32)

#: Members that never belong into a record, whatever they hold.
FORBIDDEN = frozenset({"password", "secret", "token", "authorization", "api_key", "private_key", "cookie"})


class NotRecordable(TypeError):
    """Details hold something that must not, or cannot, be part of the chain."""


def canonical(record: AuditRecord) -> bytes:
    """Every column but the two hashes, in one agreed form."""
    columns = {
        "id": record.id,
        "at": _moment(record.at),
        "actor_person": record.actor_person,
        "actor_account": record.actor_account,
        "actor_label": record.actor_label,
        "via": str(record.via),
        "action": record.action,
        "subject_kind": record.subject_kind,
        "subject_id": record.subject_id,
        "reason": record.reason,
        "details": record.details,
        "correlation_id": str(record.correlation_id) if record.correlation_id else None,
    }
    return json.dumps(columns, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def link(previous: bytes, record: AuditRecord) -> bytes:
    """The hash of ``record`` when it follows the one whose hash is ``previous``."""
    return hashlib.sha256(previous + canonical(record)).digest()


def recordable(value: Any, path: str = "details") -> Any:
    """``value`` as it is kept: text, whole numbers, truth values, null, lists and objects of these.

    Raises :class:`NotRecordable` with the path of what cannot be kept. A NUL, which PostgreSQL's
    text cannot hold, becomes U+FFFD.
    """
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, Mapping):
        return {_member(key, path): recordable(inner, f"{path}.{key}") for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [recordable(inner, f"{path}[{place}]") for place, inner in enumerate(value)]
    message = f"{path} is a {type(value).__name__}; the audit keeps text, whole numbers, true, false and null"
    raise NotRecordable(message)


def storable(text: str) -> str:
    """``text`` without what PostgreSQL's text or UTF-8 cannot hold."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _member(key: object, path: str) -> str:
    name = storable(str(key))
    if name.lower() in FORBIDDEN:
        message = f"{path}.{name} looks like a secret; name the reference instead, never the value"
        raise NotRecordable(message)
    return name


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
