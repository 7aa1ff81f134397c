"""Weekly partitions of the tables that grow, made ahead and dropped by age.

A week starts on Monday 00:00 UTC; its bounds are two UUIDs (``foundation.ids``). Partitions serve
retention, not speed: dropping a week costs nothing, deleting its rows would.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from controlplane.foundation.ids import uuid7_floor

WEEK = timedelta(days=7)

#: ``uuid7_floor(timestamptz)``: the same bound as :func:`controlplane.foundation.ids.uuid7_floor`.
CREATE_UUID7_FLOOR = """
create or replace function uuid7_floor(ts timestamptz) returns uuid
language sql immutable strict parallel safe as
$$ select (lpad(to_hex(floor(extract(epoch from ts) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid $$;
"""


@dataclass(frozen=True, slots=True)
class Partitioned:
    """A table in weekly partitions. ``keep`` is how long its rows are kept after their week.

    ``by_id``: its rows are only ever looked up by their ids, so that nothing is planned by its statistics.
    """

    table: str
    keep: timedelta
    by_id: bool = False


#: Of bodies that are read by their ids alone, analysing each tenth that a young week grows by took a twentieth of all
#: that an event costs; doubled is soon enough to tell how many there are.
RARELY_ANALYSED = " with (autovacuum_analyze_scale_factor = 1)"

PARTITIONED: dict[str, Partitioned] = {}


def register(table: str, *, keep: timedelta, by_id: bool = False) -> None:
    """Say that ``table`` is partitioned by week; called from ``AppConfig.ready``."""
    PARTITIONED[table] = Partitioned(table, keep, by_id)


def week_of(at: datetime) -> datetime:
    """Monday 00:00 UTC of the week of ``at``."""
    day = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())


def name_of(table: str, week: datetime) -> str:
    """``attempt_2026w47``: ISO year and week, which sort as text."""
    year, number, _ = week.isocalendar()
    return f"{table}_{year}w{number:02d}"


def first_day(name: str) -> datetime:
    """Monday 00:00 UTC of the week whose partition has that name."""
    year, number = name.rpartition("_")[2].split("w")
    return datetime.fromisocalendar(int(year), int(number), 1).replace(tzinfo=UTC)


def create_statement(table: str, week: datetime) -> str:
    """The DDL of one week.

    Made beside the table and then attached: ``create table … partition of`` locks the whole table against
    everybody, and would let writers wait behind the longest reader; attaching goes on beside both.
    """
    low, high, name = uuid7_floor(week), uuid7_floor(week + WEEK), name_of(table, week)
    known = PARTITIONED.get(table)
    settings = RARELY_ANALYSED if known is not None and known.by_id else ""
    return (
        f'create table "{name}" (like "{table}" including defaults including constraints including storage){settings}; '
        f"alter table \"{table}\" attach partition \"{name}\" for values from ('{low}') to ('{high}')"
    )


def ensure(tables: list[str], *, start: datetime, weeks: int) -> list[str]:
    """Create the weeks from that of ``start`` on; returns the names that were missing.

    Each in a transaction of its own, so that no lock on one table is held while another's is awaited.
    """
    first = week_of(start)
    wanted = [(table, first + WEEK * n) for table in tables for n in range(weeks)]
    return [name_of(table, week) for table, week in wanted if not _exists(table, week) and _make(table, week)]


def _exists(table: str, week: datetime) -> bool:
    """Read from the catalogue's rows: ``to_regclass`` may believe a cache from before the lock was granted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select from pg_class where relname = %s and pg_table_is_visible(oid))",
            [name_of(table, week)],
        )
        return bool(cursor.fetchone()[0])


def _make(table: str, week: datetime) -> bool:
    """Make one week, unless somebody was faster: an advisory lock makes the second wait and find it there."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('interlock.partitions'))")
        if _exists(table, week):
            return False
        cursor.execute(create_statement(table, week))
        return True


def missing(week: datetime) -> list[str]:
    """The partitions of the week from ``week`` on that do not exist, by name."""
    names = sorted(name_of(table, week) for table in PARTITIONED)
    with connection.cursor() as cursor:
        cursor.execute("select name from unnest(%s::text[]) name where to_regclass(name) is null order by 1", [names])
        return [row[0] for row in cursor.fetchall()]


def weeks_ahead(at: datetime, *, most: int = 10) -> int:
    """For how many weeks after that of ``at`` every table has its partition; -1 when even that one is not whole."""
    first = week_of(at)
    for number in range(most + 1):
        if missing(first + WEEK * number):
            return number - 1
    return most


def weeks_of(table: str) -> list[str]:
    """The names of the existing weekly partitions of ``table``, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid "
            "where i.inhparent = to_regclass(%s) order by 1",
            [table],
        )
        return [row[0] for row in cursor.fetchall()]


def expired(table: str, *, before: datetime) -> list[str]:
    """Partitions whose whole week ended before ``before``."""
    limit = name_of(table, week_of(before))
    return [name for name in weeks_of(table) if name < limit]


# -- letting a week go: in the caller's transaction, which bounds how long it waits for locks -----


def hold(cursor: CursorWrapper, name: str, *, of: str = "") -> None:
    """Nobody writes to that week before the transaction is over; everybody reads it.

    ``of``: its table, where rows are changed. Whoever changes one locks the table, then every week of it, as nothing
    tells beforehand which it is in: they would wait for this week with the table in hand, and it could never be taken
    out of that.
    """
    if of:
        cursor.execute(f'lock table only "{of}" in exclusive mode')
    cursor.execute(f'lock table only "{name}" in share row exclusive mode')


def drop(cursor: CursorWrapper, name: str) -> None:
    """A week with everything in it."""
    cursor.execute(f'drop table "{name}"')


def shorten(cursor: CursorWrapper, table: str, name: str, kept: str) -> int:
    """Put what ``kept`` selects of a week in the week's place; returns how many rows that are.

    Copied before anybody has to wait: what locks the whole table is last, and needs no look at a row, because the copy
    is checked against the week's bounds as it is written.
    """
    cursor.execute(
        "select pg_get_partition_constraintdef(oid), pg_get_expr(relpartbound, oid) from pg_class"
        " where oid = %s::regclass",
        [f'"{name}"'],
    )
    within, bounds = cursor.fetchone()
    copy = f"{name}_kept"
    cursor.execute(f'create table "{copy}" (like "{name}" including all)')
    cursor.execute(f'alter table "{copy}" add constraint within_its_week check ({within})')
    cursor.execute(f'insert into "{copy}" {kept}')
    count = int(cursor.rowcount)
    cursor.execute(f'alter table "{table}" detach partition "{name}"')
    cursor.execute(f'drop table "{name}"')
    cursor.execute(f'alter table "{copy}" rename to "{name}"')
    cursor.execute(f'alter table "{table}" attach partition "{name}" {bounds}')
    cursor.execute(f'alter table "{name}" drop constraint within_its_week')
    return count
