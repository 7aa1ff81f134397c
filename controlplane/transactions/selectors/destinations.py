"""Destinations as they are now: well, paused, resting, and how much waits for each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from controlplane.inventory.models import System
from controlplane.people.access import Access
from controlplane.transactions.models import Destination
from controlplane.transactions.rules.breaker import BreakerState

#: Counts go so far; more are "10,000+".
COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class Standing:
    """One destination.

    ``waiting`` is what is in its queue and with no worker, ``parked`` those of them that an earlier event of the
    same key goes before; ``oldest`` since when the longest waiting is due. ``paused_until`` is None when it is
    not paused, and far away when a person has to resume it.
    """

    destination: Destination
    max_in_flight: int
    rate_per_second: float | None
    paused: bool
    paused_until: datetime | None
    pause_reason: str
    breaker: BreakerState
    resting_until: datetime | None
    failures: int
    openings: int
    in_flight: int
    waiting: int
    parked: int
    retrying: int
    oldest: datetime | None

    @property
    def system(self) -> System:
        """What it is."""
        return self.destination.instance.system

    @property
    def place(self) -> str:
        """Where it is; its instance only where that is called something else than itself."""
        instance = self.destination.instance
        alike = instance.name.casefold() == self.destination.name.casefold()
        return instance.environment.name if alike else f"{instance.name}, {instance.environment.name}"

    @property
    def for_good(self) -> bool:
        """Whether only a person ends the pause."""
        return self.paused and self.paused_until is None

    @property
    def kind(self) -> str:
        """The status shape."""
        if not self.destination.active:
            return "off"
        if self.paused:
            return "pause"
        if self.breaker is not BreakerState.CLOSED:
            return "bad"
        return "warn" if self.failures else "ok"

    @property
    def held_by(self) -> str:
        """The status shape of what holds everything for it back; empty when nothing does."""
        if self.paused or not self.destination.active:
            return "pause"
        return "" if self.breaker is BreakerState.CLOSED else "bad"

    @property
    def probed(self) -> bool:
        """Whether only a few calls are let through, and nobody paused it."""
        return not self.paused and self.breaker is BreakerState.HALF_OPEN

    @property
    def words(self) -> str:
        """The state in words."""
        if not self.destination.active:
            return "Retired"
        if self.paused:
            return "Paused"
        if self.breaker is BreakerState.OPEN:
            return "Resting"
        if self.breaker is BreakerState.HALF_OPEN:
            return "Probed"
        return "Failing now and then" if self.failures else "Well"

    @property
    def count(self) -> str:
        """How many wait."""
        return f"{self.waiting:,}" if self.waiting <= COUNTED else f"{COUNTED:,}+"


# What is parked, or paused for good, is due in the year 9000 (``pipeline.statements``).
_STANDINGS = """
select d.destination_id, d.max_in_flight, d.rate_per_second, d.paused_until > now() as paused,
  case when d.paused_until > now() and d.paused_until < '9000-01-01Z' then d.paused_until end as paused_until,
  d.pause_reason, d.breaker, case when d.breaker = 1 then greatest(d.breaker_until, now()) end as resting_until,
  d.failures, d.openings, (select count(*) from step_queue q where q.destination_id = d.destination_id
    and q.lease_token is not null and q.due_at > now() and q.due_at < '9000-01-01Z') as in_flight,
  w.waiting, w.parked, w.retrying, w.oldest
from destination_state d
cross join lateral (
  select count(*) waiting, count(*) filter (where due_at >= '9000-01-01Z') parked,
    count(*) filter (where tries > 0) retrying, min(due_at) filter (where due_at <= now()) oldest
  from (select q.due_at, q.tries from step_queue q where q.destination_id = d.destination_id
    and (q.lease_token is null or q.due_at <= now() or q.due_at >= '9000-01-01Z') limit %s) q) w
where d.destination_id = any(%s)
"""


def standings(destinations: list[Destination]) -> list[Standing]:
    """How these are, in their order."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDINGS, [COUNTED + 1, [one.pk for one in destinations]])
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    found = {row.pop("destination_id"): row | {"breaker": BreakerState(row["breaker"])} for row in rows}
    return [Standing(destination=one, **found[one.pk]) for one in destinations if one.pk in found]


def destinations_of(access: Access) -> list[Destination]:
    """The destinations of where the person looks, by name; the catalogue is open to everybody (invariant 10)."""
    found = Destination.objects.select_related("instance__system", "instance__environment").order_by("name")
    return list(found if access.within is None else found.filter(instance__environment_id=access.within.pk))
