"""Reading ``tables.sql`` into an empty database."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Final

from django.db import connection, transaction

from controlplane.foundation import clock, partitions

FILE: Final = Path(__file__).with_name("tables.sql")
#: As many as the migration that made the first ones; the watched job goes on from there.
WEEKS_BACK, WEEKS = 1, 7
_TABLES: Final = """
select exists (select from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace)
"""


def begin() -> bool:
    """Make the tables where there are none yet; whether it did. Whoever comes second waits, and finds them there."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('interlock.beginning'))")
        cursor.execute(_TABLES)
        if cursor.fetchone()[0]:
            return False
        cursor.execute(FILE.read_text())
    since = clock.now() - timedelta(weeks=WEEKS_BACK)
    partitions.ensure(sorted(partitions.PARTITIONED), start=since, weeks=WEEKS)
    return True
