"""What the tables need by the hour: coming weeks made, past ones dropped, old ids forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import psycopg
from django.db import DatabaseError, connection, transaction
from django.db.backends.utils import CursorWrapper

from controlplane.audit import services as audit
from controlplane.audit.models import Subject
from controlplane.foundation import clock, partitions
from controlplane.foundation.ids import uuid7_floor
from controlplane.foundation.logs import logger
from controlplane.transactions import undecided, unfinished
from controlplane.transactions.pipeline import statements
from controlplane.transactions.rules.retention import KEEP_BREACHES, KEEP_DEDUPE, KEEP_RECEIPTS

log = logger(__name__)

WEEKS_AHEAD = 5
PURGE_BATCH = 5_000
DROP_TRIES = 5
#: Tables without partitions, by the time in their ids: what was written without the right or broke what is only
#: observed, and the receipts of what came again.
FORGOTTEN = (
    ("ownership_breach", KEEP_BREACHES),
    ("observed_break", KEEP_BREACHES),
    ("transactions_repeat", KEEP_RECEIPTS),
)
#: Whoever looks through a week reads the table, and so keeps somebody else who does the same from letting it go.
_AT_IT = "select pg_try_advisory_xact_lock(hashtext('interlock.retention'))"


def make_partitions() -> list[str]:
    """Make this week's and the coming weeks' partitions; returns those that were missing."""
    made = partitions.ensure(list(partitions.PARTITIONED), start=clock.now(), weeks=WEEKS_AHEAD)
    if made:
        log.info("partitions.made", count=len(made))
    return made


def keep_retention() -> None:
    """Let past weeks go but for what is unfinished; close what nobody decided on; forget ids after 90 days."""
    for table, partitioned in partitions.PARTITIONED.items():
        for name in partitions.expired(table, before=clock.now() - partitioned.keep):
            _let_go(table, name)
    _close_what_nobody_decided()
    while _forget_ids() == PURGE_BATCH:
        pass
    for table, keep in FORGOTTEN:
        while _forget_older(table, keep) == PURGE_BATCH:
            pass
    while _forget_refusals() == PURGE_BATCH:
        pass


def _let_go(table: str, name: str) -> None:
    """Let one week go. It is looked through first, while everybody works on; then what is left to do must be short."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_AT_IT)
            kept = _looked_through(cursor, table, name) if cursor.fetchone()[0] else None
    except DatabaseError as error:
        log.warning("partitions.not_dropped", partition=name, error=type(error.__cause__ or error).__name__)
    else:
        if kept == 0:
            log.info("partitions.dropped", partition=name)
        elif kept is not None:
            log.info("partitions.shortened", partition=name, kept=kept)


def _looked_through(cursor: CursorWrapper, table: str, name: str) -> int | None:
    found = unfinished.look_through(cursor, table, name)
    return _tried(cursor, table, name, found) if found is not None else None


def _tried(cursor: CursorWrapper, table: str, name: str, found: int) -> int:
    """A short lock time-out and a few tries: a long reader must not make writers wait. The last failure is raised."""
    for _ in range(DROP_TRIES - 1):
        try:
            return _once(cursor, table, name, found)
        except DatabaseError as error:
            if not isinstance(error.__cause__, psycopg.errors.LockNotAvailable):
                raise
            log.info("partitions.busy", partition=name, error=type(error).__name__)
    return _once(cursor, table, name, found)


def _once(cursor: CursorWrapper, table: str, name: str, found: int) -> int:
    """In a savepoint: what was found stays found, and nobody waits any more, when it fails."""
    with transaction.atomic():
        cursor.execute("set local lock_timeout = '50ms'")
        return unfinished.let_go(cursor, table, name, found)


def _close_what_nobody_decided() -> None:
    """Dead letters and quarantined events past their time; each batch with the audit's record of it."""
    expired = _in_batches(undecided.expire_letters, "dead_letters.expired", undecided.EXPIRED)
    cancelled = _in_batches(undecided.expire_quarantined, "quarantine.expired", undecided.NOT_RELEASED)
    if expired or cancelled:
        log.warning("retention.expired", dead_letters=expired, quarantined=cancelled)
    _in_batches(undecided.forget_letters)


def _in_batches(change: Callable[[CursorWrapper, int], int], action: str = "", reason: str = "") -> int:
    """Until nothing is left of it; returns how many rows there were."""
    total = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            count = change(cursor, PURGE_BATCH)
            if count and action:
                audit.record(action, subject=Subject("retention", ""), reason=reason, details={"count": count})
        total += count
        if count < PURGE_BATCH:
            return total


def _forget_ids() -> int:
    limit = uuid7_floor(clock.now() - KEEP_DEDUPE)
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from dedupe where ctid = any(array("
            "select ctid from dedupe where transaction_id < %s limit %s for update skip locked))",
            [limit, PURGE_BATCH],
        )
        return int(cursor.rowcount)


def _forget_older(table: str, keep: timedelta) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"delete from {table} where id = any(array("
            f"select id from {table} where id < %s order by id limit %s for update skip locked))",
            [uuid7_floor(clock.now() - keep), PURGE_BATCH],
        )
        return int(cursor.rowcount)


def _forget_refusals() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from transactions_refusal where id = any(array("
            "select id from transactions_refusal where minute < %s limit %s for update skip locked))",
            [clock.now() - KEEP_RECEIPTS, PURGE_BATCH],
        )
        return int(cursor.rowcount)


def release_parked() -> int:
    """Release the heads of ordering keys that are parked although nothing is before them."""
    with connection.cursor() as cursor:
        cursor.execute(statements.RELEASE_PARKED)
        return int(cursor.rowcount)
