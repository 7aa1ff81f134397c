"""The calendar month that the overview is of, in the zone of the pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from controlplane.foundation import clock
from controlplane.foundation.errors import BadInput

_WRITTEN = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Period:
    """A month; ``today`` is the day on which it is looked at."""

    first: date
    today: date

    @property
    def zone(self) -> ZoneInfo:
        """The zone whose days these are."""
        return clock.zone()

    @property
    def since(self) -> datetime:
        """When it begins."""
        return datetime.combine(self.first, datetime.min.time(), self.zone)

    @property
    def until(self) -> datetime:
        """When it ends: its first moment that is not its own."""
        return datetime.combine(_month_after(self.first), datetime.min.time(), self.zone)

    @property
    def is_current(self) -> bool:
        """Whether today is in it."""
        return self.first == self.today.replace(day=1)

    @property
    def days(self) -> Sequence[date]:
        """All its days, those to come too."""
        return [self.first + timedelta(days=number) for number in range(self.length)]

    @property
    def length(self) -> int:
        """How many days it has."""
        return (_month_after(self.first) - self.first).days

    @property
    def before(self) -> Period:
        """The month before."""
        return Period((self.first - timedelta(days=1)).replace(day=1), self.today)

    @property
    def after(self) -> Period | None:
        """The month after, unless it has not begun."""
        following = _month_after(self.first)
        return Period(following, self.today) if following <= self.today else None

    @property
    def name(self) -> str:
        """``November 2026``."""
        return f"{self.first:%B %Y}"

    @property
    def written(self) -> str:
        """As it stands in an address: ``2026-11``."""
        return f"{self.first:%Y-%m}"

    @property
    def progress(self) -> str:
        """How far it is, in words."""
        return f"{self.name}, day {self.today.day} of {self.length}" if self.is_current else self.name


def period_of(written: str, now: datetime) -> Period:
    """The month of an address, this one for ""; raises :class:`BadInput` for what is none or has not begun."""
    today = now.astimezone(clock.zone()).date()
    if not written:
        return Period(today.replace(day=1), today)
    found = _WRITTEN.fullmatch(written)
    if found is None:
        raise BadInput(f"period={written[:20]!r} is no month. Write it as {today:%Y-%m}.", field="period")
    first = date(int(found[1]), int(found[2]), 1)
    if first > today:
        raise BadInput(f"{first:%B %Y} has not begun. The newest month is {today:%Y-%m}.", field="period")
    return Period(first, today)


def _month_after(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
