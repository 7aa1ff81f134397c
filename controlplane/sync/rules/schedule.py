"""When a job is due: its slots, the last one that has passed, and how many were missed before it.

Slots are computed, never stored ahead: cron slots on the wall clock of the job's time zone (Debian's
rules for summer time: a skipped time runs when the clock is put forward, a repeated one runs once), and
intervals counted from 1970, so that every beat on every machine finds the same ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import islice
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError
from django.db.models import TextChoices

from controlplane.foundation.errors import Invalid

#: Slots are counted no further back than this: "more than 500 missed" is word enough.
MOST_COUNTED = 500
SHORTEST_INTERVAL = 10
CRON_FIELDS = ("minute", "hour", "day", "month", "weekday")


class ScheduleKind(TextChoices):
    """What makes a job due."""

    MANUAL = "manual", "Only by hand"
    CRON = "cron", "Cron expression"
    INTERVAL = "interval", "Every so often"


@dataclass(frozen=True, slots=True)
class Schedule:
    """A job's schedule: ``cron`` has five fields, ``every`` is in seconds."""

    kind: ScheduleKind
    cron: str = ""
    every: int | None = None
    zone: tzinfo = UTC

    def after(self, at: datetime) -> Iterator[datetime]:
        """The slots after ``at``, in UTC, without end; none for a job that is started by hand."""
        if self.kind is ScheduleKind.CRON:
            yield from self._cron_after(at)
        elif self.kind is ScheduleKind.INTERVAL and self.every:
            slot = _floor(at, self.every)
            while True:
                slot += timedelta(seconds=self.every)
                yield slot

    def next(self, at: datetime) -> datetime | None:
        """The first slot after ``at``; None when there is none."""
        return next(self.after(at), None)

    def due(self, since: datetime, now: datetime) -> Due | None:
        """The newest slot in ``(since, now]`` and how many came before it in there; None when none did."""
        newest = self._newest(now)
        if newest is None or newest <= since:
            return None
        passed = islice(self.after(since), MOST_COUNTED + 1)
        return Due(newest, sum(1 for slot in passed if slot < newest))

    def _newest(self, now: datetime) -> datetime | None:
        if self.kind is ScheduleKind.CRON:
            # Going backwards from one second ahead includes a slot that is exactly now.
            later = (now.replace(microsecond=0) + timedelta(seconds=1)).astimezone(self.zone)
            return next((slot.astimezone(UTC) for slot in islice(CronSim(self.cron, later, reverse=True), 1)), None)
        if self.kind is ScheduleKind.INTERVAL and self.every:
            return _floor(now, self.every)
        return None

    def _cron_after(self, at: datetime) -> Iterator[datetime]:
        for slot in CronSim(self.cron, at.astimezone(self.zone)):
            yield slot.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Due:
    """A slot to run for, and the number of earlier ones that this run also stands for."""

    slot: datetime
    missed: int


def _floor(at: datetime, every: int) -> datetime:
    return datetime.fromtimestamp(int(at.timestamp()) // every * every, UTC)


def zone_called(name: str) -> ZoneInfo:
    """The time zone of an IANA name; :class:`Invalid` for one that does not exist."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(f"There is no time zone {name!r}; write one like Europe/Vienna.", field="time_zone") from None


def check_cron(expression: str) -> None:
    """:class:`Invalid`, with an example, unless ``expression`` has five cron fields that can ever match."""
    if len(expression.split()) != len(CRON_FIELDS):
        raise _no_schedule(expression, "it needs five fields")
    try:
        next(iter(CronSim(expression, datetime(2026, 1, 1, tzinfo=UTC))), None)
    except CronSimError as error:
        raise _no_schedule(expression, str(error)) from None


def _no_schedule(expression: str, why: str) -> Invalid:
    fields = ", ".join(CRON_FIELDS)
    return Invalid(f"{expression!r} is no schedule ({why}). Write {fields}: 0 2 * * 1-5.", field="cron")
