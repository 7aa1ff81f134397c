"""The clock. Leases and due times use the database's (invariant 3); this one is for pages and ids."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone


def now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)


def zone() -> ZoneInfo:
    """The zone in which things are shown: of the person behind a request, elsewhere of the installation."""
    return ZoneInfo(timezone.get_current_timezone_name())
