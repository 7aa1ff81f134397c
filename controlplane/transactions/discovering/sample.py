"""The sampler: a bounded number of events of one hour, of which names and kinds of fields are kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction

from controlplane.foundation import clock
from controlplane.foundation.ids import uuid7_floor
from controlplane.transactions.models import Payload, SeenField, SeenType, Transaction
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.rules.fields import fields_of
from controlplane.transactions.selectors.records import Kind, records_of

HOUR: Final = timedelta(hours=1)
#: An hour is looked at in so many places, at so many transactions in each: two thousand rows of an index, at most.
SLICES, EACH = 20, 100
#: Of one type of event in one hour.
SAMPLES: Final = 25
#: Of one type of event; whatever has more uses values as names.
MOST_FIELDS: Final = 1_000
_ALONE = "select pg_try_advisory_xact_lock(hashtext('interlock.discovering'))"


def sample(now: datetime | None = None) -> int:
    """Look at the last whole hour, once; returns how many events were looked at."""
    hour = (now or clock.now()).replace(minute=0, second=0, microsecond=0) - HOUR
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ALONE)
        if not cursor.fetchone()[0]:
            return 0
        found = _records(hour)
        return sum(_keep(kind, records, hour) for kind, records in found.items())


def _records(hour: datetime) -> dict[Kind, list[Any]]:
    found: dict[Kind, list[Any]] = defaultdict(list)
    snapshot = catalogue.snapshot()
    chosen = list(_chosen(hour))
    bodies = {one.pk: one for one in Payload.objects.filter(pk__in=[row.event_id for row in chosen])}
    for row in chosen:
        payload = bodies.get(row.event_id)
        if payload is None:
            continue
        read = records_of(row.endpoint_id, payload.headers, payload.content_type, bytes(payload.body), snapshot)
        for kind, record in read:
            if len(found[kind]) < SAMPLES:
                found[kind].append(record)
    return found


def _chosen(hour: datetime) -> Iterator[Transaction]:
    """First transactions of events through endpoints, from all over the hour, few of each type."""
    taken: dict[tuple[int | None, str], int] = defaultdict(int)
    for number in range(SLICES):
        since, until = (hour + HOUR * part / SLICES for part in (number, number + 1))
        rows = Transaction.objects.filter(pk__gte=uuid7_floor(since), pk__lt=uuid7_floor(until))
        for row in rows.only("id", "event_id", "endpoint_id", "event_type").order_by("pk")[:EACH]:
            kind = row.endpoint_id, row.event_type
            if row.endpoint_id is None or row.pk != row.event_id or taken[kind] >= SAMPLES:
                continue
            taken[kind] += 1
            yield row


def _keep(kind: Kind, records: Iterable[Any], hour: datetime) -> int:
    interface, event_type = kind
    begun = {"samples": 0, "hour": hour - HOUR, "first_seen": hour, "last_seen": hour}
    seen, _ = SeenType.objects.get_or_create(interface_id=interface, event_type=event_type[:500], defaults=begun)
    if seen.hour >= hour:
        return 0
    known = {row.pointer: row for row in seen.fields.all()}
    count = 0
    for record in records:
        count += 1
        for pointer, kinds in fields_of(record).items():
            _count(known, seen, pointer, kinds, hour)
    new = [row for row in known.values() if row.pk is None]
    changed = [row for row in known.values() if row.pk is not None and row.last_seen == hour]
    SeenField.objects.bulk_create(new)
    SeenField.objects.bulk_update(changed, ["kinds", "seen", "last_seen"], batch_size=500)
    seen.samples, seen.hour, seen.last_seen = seen.samples + count, hour, hour
    seen.save(update_fields=["samples", "hour", "last_seen"])
    return count


def _count(known: dict[str, SeenField], seen: SeenType, pointer: str, kinds: set[str], hour: datetime) -> None:
    row = known.get(pointer)
    if row is None:
        if len(known) >= MOST_FIELDS:
            return
        row = known[pointer] = SeenField(seen_type=seen, pointer=pointer, kinds=[], first_seen=hour, last_seen=hour)
    row.kinds = sorted({*row.kinds, *kinds})
    row.seen, row.last_seen = row.seen + 1, hour
