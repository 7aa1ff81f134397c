"""The window of a job: the hours of the day in which it may read. Outside it, a run waits.

A window is half-open, ``[start, end)`` on the clock of the job's time zone, and may span midnight.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Window:
    """From ``start`` to ``end`` in ``zone``; both None: always open."""

    start: time | None
    end: time | None
    zone: ZoneInfo

    @property
    def always(self) -> bool:
        """Whether there is no window at all."""
        return self.start is None or self.end is None

    def is_open(self, at: datetime) -> bool:
        """Whether the job may read at ``at``."""
        if self.start is None or self.end is None:
            return True
        here = at.astimezone(self.zone).time()
        if self.start <= self.end:
            return self.start <= here < self.end
        return here >= self.start or here < self.end

    def opens(self, at: datetime) -> datetime:
        """When it is next open, in UTC: ``at`` itself if it is now."""
        if self.start is None or self.is_open(at):
            return at
        return next(moment for moment in self._moments(self.start, at) if self.is_open(moment))

    def closes(self, at: datetime) -> datetime | None:
        """When the window that is open at ``at`` ends, in UTC; None for one that never does."""
        if self.end is None or self.always:
            return None
        return next((moment for moment in self._moments(self.end, at) if not self.is_open(moment)), None)

    def _moments(self, wall: time, at: datetime) -> Iterator[datetime]:
        """The moments after ``at`` at which a clock on the wall shows ``wall``, soonest first.

        In the night in which the clock is put back there are two. In the night in which it is put
        forward there may be none: then it is the moment that a clock nobody changed would show it.
        """
        today = at.astimezone(self.zone).date()
        days = [today + timedelta(days=ahead) for ahead in range(-1, 3)]
        found = {self._moment(day, wall.replace(fold=fold)) for day in days for fold in (0, 1)}
        yield from sorted(moment for moment in found if moment > at)

    def _moment(self, day: date, wall: time) -> datetime:
        return datetime.combine(day, wall, self.zone).astimezone(UTC)
