"""The time zones that people can live in, and the one of an account."""

from __future__ import annotations

from functools import cache
from itertools import groupby
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django.conf import settings

#: Of the names that exist, those of places: the others are older names and offsets without daylight saving.
_REGIONS = frozenset(
    {"Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
)


@cache
def by_region() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The zones that can be chosen, by continent or ocean, each in the order of the alphabet."""
    places = sorted(name for name in available_timezones() if name.split("/")[0] in _REGIONS and "/" in name)
    return tuple((region, tuple(names)) for region, names in groupby(places, key=lambda name: name.split("/")[0]))


def zone_called(name: str) -> ZoneInfo:
    """The zone of a name that was chosen once; the installation's where it is empty or does not exist any more."""
    try:
        return ZoneInfo(name or settings.TIME_ZONE)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(settings.TIME_ZONE)
