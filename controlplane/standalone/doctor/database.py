"""Checks of the database: reachable, recent, migrated, partitioned, on time, not held up, archived."""

from __future__ import annotations

import functools
import os
from datetime import datetime, timedelta

from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from controlplane.foundation import partitions
from controlplane.foundation.clock import now
from controlplane.standalone import lock
from controlplane.standalone.choices import chosen_places
from controlplane.standalone.doctor.finding import Check, Finding, bad, not_checked, ok, warn

OLDEST_VERSION = 150000
SKEW_NOTED = timedelta(seconds=1)
SKEW_HARMFUL = timedelta(seconds=30)
LONG_TRANSACTION = timedelta(minutes=5)
HARMFUL_TRANSACTION = timedelta(minutes=30)
SHOWN = 5
TO_THE_SECOND = "%Y-%m-%d %H:%M:%S %Z"

#: Of the server's own processes only the cleaning itself comes by, which holds nothing up and which nobody can ask.
OLDEST_TRANSACTION = """
select clock_timestamp() - xact_start, pid, coalesce(nullif(application_name, ''), usename), state
from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null
  and backend_type <> 'autovacuum worker'
order by xact_start limit 1
"""

ARCHIVER = """
select current_setting('archive_mode'), last_archived_wal, last_archived_time, last_failed_wal, last_failed_time
from pg_stat_archiver
"""


def _embedded_and_stopped() -> bool:
    return not os.environ.get("DATABASE_URL") and lock.holder(chosen_places().lock) is None


def answers() -> Finding:
    """The database can be reached, and is recent enough."""
    if _embedded_and_stopped():
        return not_checked("The embedded PostgreSQL is not running.", "Start it with `make up`.")
    try:
        connection.ensure_connection()
    except OperationalError as error:
        where = "DATABASE_URL" if os.environ.get("DATABASE_URL") else f"{chosen_places().logs / 'postgres.log'}"
        return bad(f"The database cannot be reached: {str(error).strip()}", f"Look into {where}.")
    found: int = connection.pg_version  # type: ignore[attr-defined]
    if found < OLDEST_VERSION:
        return bad(f"PostgreSQL {found // 10000} is too old.", "Name a PostgreSQL 15 or later with DATABASE_URL.")
    return ok(f"PostgreSQL {found // 10000}.{found % 10000}")


def in_reachable_database(check: Check) -> Check:
    """Says "not checked" when the database does not answer, instead of failing in every check of it."""

    @functools.wraps(check)
    def asked() -> Finding:
        if _embedded_and_stopped():
            return not_checked("The embedded PostgreSQL is not running.")
        try:
            connection.ensure_connection()
        except OperationalError:
            return not_checked("The database cannot be reached.")
        return check()

    return asked


@in_reachable_database
def migrations() -> Finding:
    """The tables are those of this version."""
    executor = MigrationExecutor(connection)
    missing = [
        f"{step.app_label}.{step.name}" for step, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())
    ]
    if missing:
        more = f" and {len(missing) - SHOWN} more" if len(missing) > SHOWN else ""
        return bad(
            f"Not applied: {', '.join(missing[:SHOWN])}{more}.",
            "`make up` applies them; elsewhere `python manage.py migrate`.",
        )
    return ok("all applied")


@in_reachable_database
def weeks() -> Finding:
    """Every partitioned table has this week's partition and the next one's."""
    this_week = partitions.week_of(now())
    existing = {table: set(partitions.weeks_of(table)) for table in partitions.PARTITIONED if _exists(table)}
    if not existing:
        return not_checked("There is no partitioned table yet.", "`make up` makes them.")

    def without(week: datetime) -> list[str]:
        return sorted(table for table, names in existing.items() if partitions.name_of(table, week) not in names)

    mend = "Run `python manage.py prepare`, and see why beat or the worker did not (status of the parts)."
    if missing := without(this_week):
        return bad(f"No partition for this week: {', '.join(missing)}. New rows are refused.", mend)
    if missing := without(this_week + partitions.WEEK):
        return warn(f"No partition for next week yet: {', '.join(missing)}.", mend)
    return ok(f"{len(existing)} tables, this week and the next")


def _exists(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass(%s)", [table])
        return cursor.fetchone()[0] is not None


@in_reachable_database
def clock() -> Finding:
    """The database's clock, which decides leases, agrees with ours, which dates pages and ids."""
    before = now()
    with connection.cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        theirs = cursor.fetchone()[0]
    skew = abs(theirs - (before + (now() - before) / 2))
    said = f"{skew.total_seconds():.1f} s between this machine and the database"
    mend = "Let both machines follow a time server (`timedatectl set-ntp true`)."
    if skew > SKEW_HARMFUL:
        return bad(f"{said}: signatures are refused as too old, and ids land in wrong weeks.", mend)
    return warn(f"{said}.", mend) if skew > SKEW_NOTED else ok(said)


@in_reachable_database
def oldest_transaction() -> Finding:
    """Nobody holds a transaction open so long that the queues cannot be cleaned."""
    with connection.cursor() as cursor:
        cursor.execute(OLDEST_TRANSACTION)
        row = cursor.fetchone()
    if row is None:
        return ok("none is open")
    age, pid, who, state = row
    said = f"open for {age.total_seconds():.0f} s: process {pid} of {who}, {state}"
    mend = f"Ask {who} to finish, or end it: select pg_terminate_backend({pid})."
    if age > HARMFUL_TRANSACTION:
        return bad(f"{said}. Queues slow down a hundredfold, because dead rows cannot be removed.", mend)
    return warn(f"{said}.", mend) if age > LONG_TRANSACTION else ok(said)


@in_reachable_database
def archiving() -> Finding:
    """What PostgreSQL is to archive of its log arrives there."""
    with connection.cursor() as cursor:
        cursor.execute(ARCHIVER)
        mode, archived, archived_at, failed, failed_at = cursor.fetchone()
    if mode == "off":
        return ok("PostgreSQL keeps no archive (archive_mode is off)")
    if failed_at is not None and (archived_at is None or failed_at > archived_at):
        last = f"the last was {archived}, {archived_at:{TO_THE_SECOND}}" if archived_at else "none ever was"
        return bad(
            f"Segment {failed} of the log cannot be archived; {last}. It is kept and tried again; until that succeeds, "
            "no later moment can be restored, and the log grows until the disk is full and PostgreSQL stops.",
            "PostgreSQL's own log has what archive_command said. See that the archive is there, has room, and can be "
            "written by PostgreSQL's user (docs/deployment.md, Backups).",
        )
    if archived_at is None:
        return not_checked("PostgreSQL has not archived anything yet.", "See again once archive_timeout has passed.")
    return ok(f"last archived {archived}, {archived_at:{TO_THE_SECOND}}")
