"""The rate of a run over time, as a chart: records a second, and rejected ones below."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from controlplane.foundation import clock
from controlplane.sync.models import SyncRun

#: Slots over the whole run.
MOST_SLOTS = 40
#: Fewer pages than this say nothing over time.
LEAST_PAGES = 3

_SLOTS = """
with span as (select min(at) low, greatest(max(at), min(at) + interval '1 s') high, least(count(*), %(most)s)::int slots
              from sync_page where run_id = %(run)s and phase = 'reading')
select low, high, slots, least(width_bucket(extract(epoch from p.at), extract(epoch from low), extract(epoch from high),
  slots), slots) slot, sum(p.read), sum(p.rejected)
from span, sync_page p where p.run_id = %(run)s and p.phase = 'reading' group by 1, 2, 3, 4 order by 4
"""


@dataclass(frozen=True, slots=True)
class Slots:
    """The time from the first page to the last in equal slots, with what was read and rejected in each."""

    low: datetime
    high: datetime
    count: int
    read: dict[int, float]
    rejected: dict[int, int]

    @property
    def all(self) -> range:
        """Their numbers, from 1."""
        return range(1, self.count + 1)

    def begin(self, slot: int) -> datetime:
        """When a slot begins."""
        return self.low + (self.high - self.low) / self.count * (slot - 1)


def rate_figure(run: SyncRun) -> dict[str, Any] | None:
    """A figure for the kit's chart, or None while there is too little to draw."""
    with connection.cursor() as cursor:
        cursor.execute(_SLOTS, {"run": run.pk, "most": MOST_SLOTS})
        rows = cursor.fetchall()
    if not rows or rows[0][2] < LEAST_PAGES:
        return None
    low, high, count = rows[0][:3]
    seconds = (high - low).total_seconds() / count
    read = {row[3]: float(row[4]) / seconds for row in rows}
    return _figure(Slots(low, high, count, read, {row[3]: int(row[5]) for row in rows}))


def in_figures(rate: float) -> str:
    """A rate in three figures, thousands apart: 0.049, 16.4, 5,286."""
    return f"{rate:,.0f}" if rate >= 100 else f"{rate:.3g}"  # noqa: PLR2004 - three figures


def _figure(slots: Slots) -> dict[str, Any]:
    top = _round_up(max(slots.read.values()))
    points = [((slot - 0.5) * 100 / slots.count, slots.read.get(slot, 0.0)) for slot in slots.all]
    return {
        "title": "Rate",
        "sub": "records a second",
        "height": 112,
        "top": top,
        "series": [{"kind": "line", "tone": "run", "label": "read", "points": points}, *_rejected(slots, top)],
        "y": [(0, f"{top:g} / s"), (50, f"{top / 2:g}"), (100, "0")],
        "x": [(0, _clock(slots.low)), (100, _clock(slots.high))],
        "summary": _summary(slots),
        "table": {
            "columns": ("From", "Records a second", "Rejected"),
            "rows": [
                (_clock(slots.begin(slot)), in_figures(slots.read.get(slot, 0.0)), slots.rejected.get(slot, 0))
                for slot in slots.all
            ],
        },
    }


def _rejected(slots: Slots, top: float) -> list[dict[str, Any]]:
    """Bars on a scale of their own, a third as high as the chart; none where nothing was rejected."""
    worst = max(slots.rejected.values())
    if not worst:
        return []
    width = 100 / slots.count
    bars = [((slot - 1) * width, count / worst * top * 0.3) for slot, count in slots.rejected.items() if count]
    label = f"rejected, at most {worst:,}"
    return [{"kind": "bars", "tone": "bad", "label": label, "width": width * 0.8, "points": bars}]


def _summary(slots: Slots) -> str:
    mean, most = sum(slots.read.values()) / slots.count, max(slots.read.values())
    span = f"from {_clock(slots.low)} to {_clock(slots.high)}"
    rejected = sum(slots.rejected.values())
    return f"{in_figures(mean)} records a second on average {span}, {in_figures(most)} at most; {rejected:,} rejected."


def _clock(at: datetime) -> str:
    return f"{at.astimezone(clock.zone()):%H:%M:%S}"


def _round_up(value: float) -> float:
    """The next of 1, 2, 5, 10, 20, 50, …: an axis that people can read."""
    size = 1.0
    while True:
        for step in (1, 2, 5):
            if value <= step * size:
                return step * size
        size *= 10
