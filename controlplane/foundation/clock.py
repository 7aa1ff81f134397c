"""The clock. Leases and due times use the database's (invariant 3); this one is for pages and ids."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)
