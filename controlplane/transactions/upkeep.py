"""What the tables need by the hour: coming weeks made, past ones dropped, old ids forgotten."""

from __future__ import annotations

from django.db import DatabaseError, connection, transaction

from controlplane.foundation import clock, partitions
from controlplane.foundation.ids import uuid7_floor
from controlplane.foundation.logs import logger
from controlplane.transactions.pipeline import statements
from controlplane.transactions.rules.retention import KEEP_BREACHES, KEEP_DEDUPE

log = logger(__name__)

WEEKS_AHEAD = 5
PURGE_BATCH = 5_000
DROP_TRIES = 5


def make_partitions() -> list[str]:
    """Make this week's and the coming weeks' partitions; returns those that were missing."""
    made = partitions.ensure(list(partitions.PARTITIONED), start=clock.now(), weeks=WEEKS_AHEAD)
    if made:
        log.info("partitions.made", count=len(made))
    return made


def keep_retention() -> None:
    """Drop expired weeks; forget senders' ids, unentitled writes and observed breaks after 90 days."""
    for table, partitioned in partitions.PARTITIONED.items():
        for name in partitions.expired(table, before=clock.now() - partitioned.keep):
            _drop(name)
    while _forget_ids() == PURGE_BATCH:
        pass
    for table in ("ownership_breach", "observed_break"):
        while _forget_breaches(table) == PURGE_BATCH:
            pass


def _drop(name: str) -> None:
    """Drop one week. A short lock time-out and a few tries: a long reader must not make writers wait."""
    for _ in range(DROP_TRIES):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("set local lock_timeout = '50ms'")
                cursor.execute(f'drop table if exists "{name}"')
        except DatabaseError as error:
            log.info("partitions.busy", partition=name, error=type(error).__name__)
        else:
            log.info("partitions.dropped", partition=name)
            return
    log.warning("partitions.not_dropped", partition=name, tries=DROP_TRIES)


def _forget_ids() -> int:
    limit = uuid7_floor(clock.now() - KEEP_DEDUPE)
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from dedupe where ctid = any(array("
            "select ctid from dedupe where transaction_id < %s limit %s for update skip locked))",
            [limit, PURGE_BATCH],
        )
        return int(cursor.rowcount)


def _forget_breaches(table: str) -> int:
    """What was written without the right, or broke what is only observed, is kept for 90 days."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"delete from {table} where id = any(array("
            f"select id from {table} where id < %s order by id limit %s for update skip locked))",
            [uuid7_floor(clock.now() - KEEP_BREACHES), PURGE_BATCH],
        )
        return int(cursor.rowcount)


def release_parked() -> int:
    """Release the heads of ordering keys that are parked although nothing is before them."""
    with connection.cursor() as cursor:
        cursor.execute(statements.RELEASE_PARKED)
        return int(cursor.rowcount)
