"""Times, durations and counts in the words of the pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal

from django.utils.html import format_html
from django.utils.safestring import SafeString

from controlplane.foundation import clock

#: ``form`` → how it is written; ``auto`` picks the shortest that is not ambiguous today.
FORMS = {"time": "%H:%M:%S", "minute": "%H:%M", "day": "%-d %b", "date": "%-d %b %Y", "full": "%-d %b %Y %H:%M:%S"}

_MINUTE = 60
#: The largest unit that fits goes first, with the one below it.
_PAIRS = (((86400, "d"), (3600, "h")), ((3600, "h"), (60, "min")), ((60, "min"), (1, "s")))


# Templates pass "" for a member that does not exist; all three parts then show nothing.


def moment(at: datetime | Literal[""] | None, form: str = "auto") -> SafeString | str:
    """A time in the zone of the pages, with UTC in its tooltip; nothing for None."""
    if at is None or at == "":
        return ""
    here, utc = at.astimezone(clock.zone()), at.astimezone(UTC)
    return format_html(
        '<time datetime="{}" title="{} UTC">{}</time>',
        utc.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        utc.strftime("%Y-%m-%d %H:%M:%S"),
        here.strftime(FORMS[form] if form != "auto" else _shortest(here)),
    )


def duration(length: float | timedelta | Literal[""] | None) -> str:
    """Seconds in words of two units at most: <0.01 s, 0.16 s, 9.8 s, 38 s, 4 min 2 s, 1 h 48 min, 3 d 4 h."""
    if length is None or length == "":
        return ""
    seconds = length.total_seconds() if isinstance(length, timedelta) else float(length)
    if 0 < seconds < 0.005:  # noqa: PLR2004 - rounds to nothing, and was something
        return "<0.01 s"
    if seconds < 1:
        return f"{seconds:.2f} s"
    if seconds < 9.95:  # noqa: PLR2004 - from here on, tenths round up to ten
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    long, short = next(pair for pair in _PAIRS if whole >= pair[0][0])
    return _two(whole // long[0], long[1], whole % long[0] // short[0], short[1])


def per_cent(share: float | Literal[""] | None) -> str:
    """``99.97 %``: two decimals unless it is all of it, and never rounded up to all; nothing for None."""
    if share is None or share == "":
        return ""
    return "100 %" if share == 100 else f"{min(share, 99.99):.2f} %"  # noqa: PLR2004 - all of it


def number(value: float | Literal[""] | None) -> str:
    """A whole number with thousands apart: 12,480."""
    return "" if value is None or value == "" else f"{value:,}"


def _two(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large} {large_unit} {small} {small_unit}" if small else f"{large} {large_unit}"


def _shortest(here: datetime) -> str:
    today = clock.now().astimezone(here.tzinfo)
    if here.date() == today.date():
        return FORMS["time"]
    return "%-d %b %H:%M" if here.year == today.year else FORMS["date"]
