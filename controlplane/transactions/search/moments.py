"""Times as people write them: ``2h``, ``today``, ``monday``, ``2026-11-23``, ``14:30``.

Pure: the moment of asking and the zone are given. A relative time is resolved when asked and shown
as what it became; the address keeps the relative form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from controlplane.foundation import planned

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NAMED_DAYS = ("today", "yesterday", *WEEKDAYS)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_RELATIVE = re.compile(r"([0-9]{1,6})([smhdw])")
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?")
_SEPARATOR = re.compile("[Tt ]")
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
    some_clock = _RELATIVE.fullmatch(word) or _CLOCK.fullmatch(word)
    return some_clock is not None or is_day(word) or _stamp(word) is not None


def is_day(word: str) -> bool:
    """Whether :func:`day` understands ``word``."""
    return word.lower() in NAMED_DAYS or _date(word) is not None


def moment(word: str, now: datetime, zone: ZoneInfo) -> datetime:
    """The moment that ``word`` means; a day means its beginning, a time of the clock the last one that there was.

    ``ValueError`` for what is none.
    """
    if found := _RELATIVE.fullmatch(word):
        return _before(now, timedelta(**{_UNITS[found[2]]: int(found[1])}))
    if found := _CLOCK.fullmatch(word):
        return _last(time(int(found[1]), int(found[2]), int(found[3] or 0)), now, zone)
    if is_day(word):
        return day(word, now, zone).low
    if (stamp := _stamp(word)) is None:
        raise ValueError(f"{word!r} is no time")
    return (stamp if stamp.tzinfo else stamp.replace(tzinfo=zone)).astimezone(UTC)


def end(word: str, now: datetime, zone: ZoneInfo, begin: datetime | None) -> datetime:
    """The moment that ``word`` means as the end of what began at ``begin``: of the clock, the next one if not the last.

    At 14:00, ``after:10:00 before:18:00`` is of today, and ``after:22:00 before:23:00`` of yesterday.
    """
    at = moment(word, now, zone)
    if begin is not None and at <= begin and _CLOCK.fullmatch(word):
        return moment(word, now + timedelta(days=1), zone)
    return at


def day(word: str, now: datetime, zone: ZoneInfo) -> Window:
    """The day that ``word`` means, from midnight to midnight in ``zone``; a weekday is the last one."""
    today = now.astimezone(zone).date()
    if word.lower() in WEEKDAYS:
        meant = today - timedelta(days=(today.weekday() - WEEKDAYS.index(word.lower())) % 7)
    elif word.lower() in NAMED_DAYS:
        meant = today - timedelta(days=NAMED_DAYS.index(word.lower()))
    elif (named := _date(word)) is not None:
        meant = named
    else:
        raise ValueError(f"{word!r} is no day")
    midnight = datetime.combine(meant, time(), zone)
    next_midnight = datetime.combine(meant + timedelta(days=1), time(), zone)
    return Window(midnight.astimezone(UTC), next_midnight.astimezone(UTC), chosen=True)


def _last(at: time, now: datetime, zone: ZoneInfo) -> datetime:
    """Of today, or of yesterday while that is still to come."""
    today = now.astimezone(zone).date()
    found = datetime.combine(today, at, zone).astimezone(UTC)
    return found if found <= now else datetime.combine(today - timedelta(days=1), at, zone).astimezone(UTC)


def _before(now: datetime, length: timedelta) -> datetime:
    """Longer ago than dates reach is as long ago as we understand."""
    try:
        return max(now - length, _FIRST)
    except OverflowError:
        return _FIRST


def _date(word: str) -> date | None:
    try:
        found = date.fromisoformat(word)
    except ValueError:
        return None
    return found if found.year in planned.YEARS else None


def _stamp(word: str) -> datetime | None:
    """A date and a time of day, by T, t or a space. Python takes any character there."""
    named, *clock = _SEPARATOR.split(word, maxsplit=1)
    if not any(clock) or _date(named) is None:
        return None
    try:
        return datetime.fromisoformat(f"{named}T{clock[0]}")
    except ValueError:
        return None
