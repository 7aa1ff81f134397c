"""How business processes are: what of their traffic arrived in a month, and how their integrations are now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from controlplane.console.integrations import health
from controlplane.console.integrations.health import FAILING, Health
from controlplane.console.overview.period import Period
from controlplane.inventory.models import Integration, System
from controlplane.inventory.models import Process as BusinessProcess
from controlplane.people.access import Access
from controlplane.transactions.selectors.traffic import Traffic, by_process, together

#: The worst first.
ORDER = ("bad", "warn", "pause", "run", "ok", "off")
#: Of a month in which something was counted, and of one in which nothing is yet: hours are counted by the minute.
NO_TRAFFIC, NOT_COUNTED = "no traffic", "nothing counted yet"


@dataclass(frozen=True, slots=True)
class Process:
    """A business process in a month. ``kind`` is a status shape and ``words`` why; ``now`` is how its parts are."""

    slug: str
    title: str
    kind: str
    words: str
    traffic: Traffic
    before: Traffic
    days: Mapping[date, Traffic]
    now: Sequence[Health] = field(default_factory=list)

    @property
    def dead(self) -> int:
        """What of it waits for a person now."""
        return sum(one.dead for one in self.now)

    @property
    def systems(self) -> list[System]:
        """The systems that it runs through."""
        return list({system.pk: system for one in self.now for system in one.systems}.values())

    @property
    def change(self) -> str:
        """What became of the share since the month before, in words; "" where one of them is not known."""
        if self.traffic.share is None or self.before.share is None:
            return ""
        points = self.traffic.share - self.before.share
        if abs(points) < 0.005:  # noqa: PLR2004 - rounds to nothing
            return "as before"
        return f"{'+' if points > 0 else '−'}{abs(points):.2f} points"


def of(period: Period, integrations: Iterable[Integration], access: Access, now: datetime) -> list[Process]:
    """The processes that have integrations or had traffic where the person looks, the worst of the month first.

    ``integrations`` are those of that environment.
    """
    shown = health.of([one for one in integrations if one.process_id], access, now)
    parts: dict[str, list[Health]] = {}
    for one in shown:
        parts.setdefault(str(one.integration.process_id), []).append(one)
    where = access.within.pk if access.within is not None else None
    days = by_process(since=period.since, until=period.until, zone=period.zone, environment=where)
    earlier = period.before
    before = by_process(since=earlier.since, until=earlier.until, zone=earlier.zone, environment=where)
    found = [
        _judged(
            one, period, days.get(one.slug, {}), before.get(one.slug, {}), parts.get(one.slug, []), counted=bool(days)
        )
        for one in BusinessProcess.objects.filter(slug__in={*parts, *days})
    ]
    return sorted(found, key=lambda one: (ORDER.index(one.kind), one.traffic.share or 0.0, one.title))


def _judged(
    process: BusinessProcess,
    period: Period,
    days: Mapping[date, Traffic],
    before: Mapping[date, Traffic],
    parts: Sequence[Health],
    *,
    counted: bool,
) -> Process:
    traffic = together(days.values())
    verdicts = [_of_the_month(traffic, counted=counted)]
    if period.is_current:
        verdicts += [_of_now(one) for one in parts]
    kind, words = min(verdicts, key=lambda verdict: ORDER.index(verdict[0]))
    return Process(process.slug, process.name, kind, words, traffic, together(before.values()), days, parts)


def _of_the_month(traffic: Traffic, *, counted: bool) -> tuple[str, str]:
    """By how much of it arrived; never well without evidence (invariant 11)."""
    if traffic.share is None:
        return "off", NO_TRAFFIC if counted else NOT_COUNTED
    return ("bad", f"{traffic.failed:,} did not arrive") if traffic.share < FAILING else ("ok", "")


def _of_now(one: Health) -> tuple[str, str]:
    """A part that says nothing for itself says nothing against the whole."""
    if one.kind == "off":
        return "off", ""
    return one.kind, f"{one.integration.name}: {one.words}" if one.words else ""
