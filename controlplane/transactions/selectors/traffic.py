"""What went through: figures of integrations over some hours, from the counted hours and never from the history.

They are part of the catalogue (invariant 10): how many, how well and how fast, never what.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from controlplane.transactions.models import TrafficHour
from controlplane.transactions.rules.durations import BOUNDS, percentile

COUNTS = ("received", "succeeded", "partial", "dead", "quarantined", "cancelled", "ignored", "under_way")


@dataclass(slots=True)
class Traffic:
    """Transactions over some hours. ``counted_at`` is the oldest moment that any of it is as of, None without any."""

    received: int = 0
    succeeded: int = 0
    partial: int = 0
    dead: int = 0
    quarantined: int = 0
    cancelled: int = 0
    ignored: int = 0
    under_way: int = 0
    took: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    counted_at: datetime | None = None

    @property
    def judged(self) -> int:
        """Those whose end is known and matters; what was ignored or cancelled was neither kept nor broken."""
        return self.succeeded + self.partial + self.dead + self.quarantined

    @property
    def share(self) -> float | None:
        """Of the judged, how many arrived, in per cent; None when nothing can be said (invariant 11)."""
        return (self.succeeded + self.partial) / self.judged * 100 if self.judged else None

    @property
    def failed(self) -> int:
        """Those that did not arrive."""
        return self.dead + self.quarantined

    @property
    def p95(self) -> float | None:
        """Seconds that 95 in 100 of those that arrived did not exceed."""
        return self.percentile(0.95)

    def percentile(self, share: float) -> float | None:
        """Seconds from receipt to end that so many of those that arrived did not exceed."""
        return percentile(self.took, share)

    def add(self, more: TrafficHour | Traffic) -> None:
        """Another hour's, or another integration's."""
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + getattr(more, name))
        self.took = [own + others for own, others in zip(self.took, more.took, strict=True)]
        self.counted_at = min(filter(None, (self.counted_at, more.counted_at)), default=None)


def a_day(now: datetime) -> datetime:
    """When the 24 hours begin that end with this one: the same for every figure of a day."""
    return now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=23)


#: Added up by the database: an estate has a million hours a month.
_ADDED_UP = f"""min(h.counted_at), {", ".join(f"sum(h.{name})::bigint" for name in COUNTS)},
  array[{", ".join(f"sum(h.took[{place}])::bigint" for place in range(1, len(BOUNDS) + 2))}]"""
_BY_PROCESS = f"""
select i.process, (h.hour at time zone %(zone)s)::date, {_ADDED_UP}
from traffic_hour h join inventory_integration i on i.id = h.integration_id
where h.hour >= %(since)s and h.hour < %(until)s and i.process is not null
  and (%(environment)s::int is null or i.environment_id = %(environment)s)
group by 1, 2 order by 1, 2
"""
_BY_INTEGRATION = f"""
select h.integration_id, {_ADDED_UP}
from traffic_hour h where h.integration_id = any(%(ids)s) and h.hour > %(after)s group by 1
"""


def by_process(
    *, since: datetime, until: datetime, zone: ZoneInfo, environment: int | None = None
) -> Mapping[str, Mapping[date, Traffic]]:
    """The traffic of each business process, by days of ``zone``; neither processes nor days without any are there.

    Of all environments, or of the one with that id.
    """
    found: dict[str, dict[date, Traffic]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_BY_PROCESS, {"zone": zone.key, "since": since, "until": until, "environment": environment})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    for process, day, *sums in rows:
        found.setdefault(process, {})[day] = _added_up(*sums)
    return found


def together(some: Iterable[Traffic]) -> Traffic:
    """All of it as one."""
    total = Traffic()
    for one in some:
        total.add(one)
    return total


def by_integration(ids: Iterable[int], *, since: datetime) -> Mapping[int, Traffic]:
    """The traffic of each since then; none for those that had none."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_INTEGRATION, {"ids": list(ids), "after": since - timedelta(hours=1)})
        return {integration: _added_up(*sums) for integration, *sums in cursor.fetchall()}


def by_hour(ids: Iterable[int], *, since: datetime, until: datetime) -> Sequence[tuple[datetime, Traffic]]:
    """All of them together, hour by hour, an empty one where there was nothing."""
    found: dict[datetime, Traffic] = {}
    hour = since.replace(minute=0, second=0, microsecond=0)
    while hour <= until:
        found[hour] = Traffic()
        hour += timedelta(hours=1)
    for row in TrafficHour.objects.filter(integration_id__in=list(ids), hour__in=list(found)):
        found[row.hour].add(row)
    return list(found.items())


def _added_up(counted_at: datetime, *sums: Any) -> Traffic:
    """What ``_ADDED_UP`` gives."""
    *counts, took = sums
    return Traffic(**dict(zip(COUNTS, counts, strict=True)), took=took, counted_at=counted_at)
