"""Times as people write them: ``2h``, ``today``, ``monday``, ``2026-11-23``, ``14:30``.

Pure: the moment of asking and the zone are given. A relative time is resolved when asked and shown
as what it became; the address keeps the relative form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NAMED_DAYS = ("today", "yesterday", *WEEKDAYS)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_RELATIVE = re.compile(r"([0-9]{1,6})([smhdw])")
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?")
_YEARS = range(1971, 2999)
_FIRST = datetime(1971, 1, 1, tzinfo=UTC)
EXAMPLES = "2h, 7d, today, monday, 2026-11-23, 2026-11-23T14:30 or 14:30"


@dataclass(frozen=True, slots=True)
class Window:
    """From ``low`` (included) to ``high`` (excluded), in UTC. ``chosen``: the person named a bound."""

    low: datetime
    high: datetime
    chosen: bool = False


def is_moment(word: str) -> bool:
    """Whether :func:`moment` understands ``word``."""
    return _RELATIVE.fullmatch(word) is not None or _CLOCK.fullmatch(word) is not None or is_day(word) or _stamp(word)


def is_day(word: str) -> bool:
    """Whether :func:`day` understands ``word``."""
    return word.lower() in NAMED_DAYS or (_iso(word) is not None and "T" not in word and " " not in word)


def moment(word: str, now: datetime, zone: ZoneInfo) -> datetime:
    """The moment that ``word`` means; a day means its beginning. ``ValueError`` for what is none."""
    if found := _RELATIVE.fullmatch(word):
        return _before(now, timedelta(**{_UNITS[found[2]]: int(found[1])}))
    if found := _CLOCK.fullmatch(word):
        at = time(int(found[1]), int(found[2]), int(found[3] or 0))
        return datetime.combine(now.astimezone(zone).date(), at, zone).astimezone(UTC)
    if is_day(word):
        return day(word, now, zone).low
    if (stamp := _iso(word)) is None:
        raise ValueError(f"{word!r} is no time")
    return (stamp if stamp.tzinfo else stamp.replace(tzinfo=zone)).astimezone(UTC)


def day(word: str, now: datetime, zone: ZoneInfo) -> Window:
    """The day that ``word`` means, from midnight to midnight in ``zone``; a weekday is the last one."""
    today = now.astimezone(zone).date()
    if word.lower() in WEEKDAYS:
        date = today - timedelta(days=(today.weekday() - WEEKDAYS.index(word.lower())) % 7)
    elif word.lower() in NAMED_DAYS:
        date = today - timedelta(days=NAMED_DAYS.index(word.lower()))
    elif (stamp := _iso(word)) is not None:
        date = stamp.date()
    else:
        raise ValueError(f"{word!r} is no day")
    midnight = datetime.combine(date, time(), zone)
    next_midnight = datetime.combine(date + timedelta(days=1), time(), zone)
    return Window(midnight.astimezone(UTC), next_midnight.astimezone(UTC), chosen=True)


def _before(now: datetime, length: timedelta) -> datetime:
    """Longer ago than dates reach is as long ago as we understand."""
    try:
        return max(now - length, _FIRST)
    except OverflowError:
        return _FIRST


def _stamp(word: str) -> bool:
    return _iso(word) is not None


def _iso(word: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(word)
    except ValueError:
        return None
    return found if found.year in _YEARS else None
