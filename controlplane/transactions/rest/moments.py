"""Times and places in lists, as the API writes and reads them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from rest_framework import serializers

from controlplane.foundation.errors import Invalid

LONGEST_CURSOR = 100


class Moment(serializers.DateTimeField):
    """A time, written in UTC; one that is given without a zone is in UTC, too."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=UTC, **options)


class CursorField(serializers.CharField):
    """Where a page begins: the ``next`` of the page before, as it was given."""

    def __init__(self, **options: Any) -> None:
        help_text = "the `next` of the page before; leave it out for the first"
        super().__init__(max_length=LONGEST_CURSOR, required=False, help_text=help_text, **options)


class NextField(serializers.CharField):
    """The cursor of the page after this one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_null=True, help_text="the cursor of the next page; null on the last", **options)


def whole(cursor: str | None) -> int | None:
    """A cursor that is a number; :class:`Invalid` for one that is none of ours."""
    if not cursor:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 10):  # noqa: PLR2004 - what an integer column holds
        raise _no_cursor(cursor)
    return int(cursor)


def identifier(cursor: str | None) -> str:
    """A cursor that is an id, or empty."""
    if not cursor:
        return ""
    try:
        return str(UUID(cursor))
    except ValueError:
        raise _no_cursor(cursor) from None


def written(at: datetime, of: UUID) -> str:
    """A cursor of a time and an id."""
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%S.%f}_{of}"


def read(cursor: str | None) -> tuple[datetime, UUID] | None:
    """The time and id of a cursor."""
    if not cursor:
        return None
    at, _, of = cursor.partition("_")
    try:
        return datetime.strptime(at, "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC), UUID(of)
    except ValueError:
        raise _no_cursor(cursor) from None


def _no_cursor(cursor: str) -> Invalid:
    return Invalid(f"{cursor!r} is no cursor; pass on the `next` of the page before.", field="cursor")
