"""Counting the hours: what pages and reports say of past traffic is read from here, never from the history itself.

An hour is always counted as a whole and from the transactions, so that counting twice, late or at the same time as
somebody else changes nothing. The newest hours are counted every minute. Older ones change only where something was
still under way or dead when they were counted; those are counted again every ten minutes.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction

from controlplane.foundation import clock
from controlplane.foundation.ids import moment
from controlplane.transactions.models import TrafficHour, Transaction
from controlplane.transactions.rules.durations import BOUNDS
from controlplane.transactions.rules.retention import KEEP_TRANSACTIONS

HOUR = timedelta(hours=1)
#: In these minutes of an hour older ones are looked at again.
AGAIN_EVERY_MINUTES = 10

_TOOK = ", ".join(
    f"count(*) filter (where state in (4, 5) and took > {low} and took <= {high})::int"
    for low, high in zip((-1.0, *BOUNDS), (*BOUNDS, "'infinity'::float8"), strict=True)
)
_COUNT = f"""
insert into traffic_hour (hour, integration_id, received, succeeded, partial, dead, quarantined, cancelled, ignored,
  under_way, took, counted_at)
select %(hour)s, integration_id, count(*), count(*) filter (where state = 4), count(*) filter (where state = 5),
  count(*) filter (where state = 6), count(*) filter (where state = 1), count(*) filter (where state = 7),
  count(*) filter (where state = 8), count(*) filter (where state in (0, 2, 3)), array[{_TOOK}], now()
from (select integration_id, state, coalesce(extract(epoch from finished_at - received_at), 0)::float8 took
  from transaction where id >= uuid7_floor(%(hour)s) and id < uuid7_floor(%(end)s)) t
group by integration_id
on conflict (hour, integration_id) do update set received = excluded.received, succeeded = excluded.succeeded,
  partial = excluded.partial, dead = excluded.dead, quarantined = excluded.quarantined,
  cancelled = excluded.cancelled, ignored = excluded.ignored, under_way = excluded.under_way, took = excluded.took,
  counted_at = excluded.counted_at
"""
#: One process at a time is enough.
_ALONE = "select pg_try_advisory_xact_lock(hashtext('interlock.traffic_hour'))"


def count_hours(now: datetime | None = None) -> int:
    """Count what may have changed; how many hours that were. Nothing when somebody else is at it."""
    now = now or clock.now()
    counted = 0
    for hour in sorted({*_newest(now), *(_unsettled(now) if now.minute % AGAIN_EVERY_MINUTES == 0 else ())}):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_ALONE)
            if not cursor.fetchone()[0]:
                return counted
            cursor.execute(_COUNT, {"hour": hour, "end": hour + HOUR})
        counted += 1
    return counted


def _newest(now: datetime) -> Iterable[datetime]:
    """From the last hour that was counted, or the first there is, and at least the one before this."""
    last = TrafficHour.objects.order_by("-hour").values_list("hour", flat=True).first()
    if last is None:
        first = Transaction.objects.order_by("id").values_list("id", flat=True).first()
        last = moment(first) if first is not None else now
    hour = min(_begin(last), _begin(now) - HOUR)
    while hour <= now:
        yield hour
        hour += HOUR


def _unsettled(now: datetime) -> Iterable[datetime]:
    """Hours that still had something under way, or dead: replays and late retries change them."""
    since = now - KEEP_TRANSACTIONS
    found = TrafficHour.objects.filter(hour__gte=since).exclude(under_way=0, dead=0, partial=0, quarantined=0)
    return found.values_list("hour", flat=True).distinct()


def _begin(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
