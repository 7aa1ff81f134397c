"""What the doctor says of the database."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError, connection, connections
from django.db.migrations.loader import MigrationLoader

from controlplane.foundation import partitions
from controlplane.standalone.doctor import database
from controlplane.standalone.doctor.finding import State

OF_THE_DATABASE = [
    database.migrations,
    database.weeks,
    database.clock,
    database.oldest_transaction,
    database.archiving,
]


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the test's database were named by DATABASE_URL: its state is not asked of a supervisor."""
    monkeypatch.setenv("DATABASE_URL", "set")


@pytest.fixture
def unreachable(outside: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that refuses."""

    def refuse() -> None:
        message = "connection refused"
        raise OperationalError(message)

    monkeypatch.setattr(connection, "ensure_connection", refuse)


def test_a_database_that_cannot_be_reached_is_bad_and_said_once(unreachable: None) -> None:
    finding = database.answers()
    assert (finding.state, finding.what) == (State.BAD, "The database cannot be reached: connection refused")
    assert {check().state for check in OF_THE_DATABASE} == {State.NOT_CHECKED}


def test_an_embedded_database_that_was_never_started_is_not_called_broken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("INTERLOCK_VAR", str(tmp_path))
    assert database.answers().what == "The embedded PostgreSQL is not running."
    assert {check().state for check in [database.answers, *OF_THE_DATABASE]} == {State.NOT_CHECKED}


@pytest.mark.django_db
@pytest.mark.parametrize(("found", "state"), [(140012, State.BAD), (150004, State.OK), (180006, State.OK)])
def test_version(outside: None, monkeypatch: pytest.MonkeyPatch, found: int, state: State) -> None:
    monkeypatch.setitem(vars(connections["default"]), "pg_version", found)
    assert database.answers().state is state


@pytest.mark.django_db
def test_a_migration_that_was_not_applied_is_named(outside: None) -> None:
    assert database.migrations().what == "all applied"
    ((_, newest),) = MigrationLoader(connection).graph.leaf_nodes("people")
    with connection.cursor() as cursor:
        cursor.execute("delete from django_migrations where app = 'people' and name = %s", [newest])
    finding = database.migrations()
    assert finding.state is State.BAD
    assert f"people.{newest}" in finding.what


@pytest.mark.django_db
def test_missing_weeks_are_named(outside: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with connection.cursor() as cursor:
        cursor.execute("create table doctored (id uuid primary key) partition by range (id)")
    monkeypatch.setattr(partitions, "PARTITIONED", {"doctored": partitions.Partitioned("doctored", timedelta(days=1))})
    this_week = datetime.now(UTC)
    assert database.weeks().what == "No partition for this week: doctored. New rows are refused."
    partitions.ensure(["doctored"], start=this_week, weeks=1)
    assert (database.weeks().state, database.weeks().what) == (State.WARN, "No partition for next week yet: doctored.")
    partitions.ensure(["doctored"], start=this_week, weeks=2)
    assert database.weeks().what == "1 tables, this week and the next"


@pytest.mark.django_db
def test_without_partitioned_tables_nothing_is_claimed(outside: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "PARTITIONED", {"none": partitions.Partitioned("none", timedelta(days=1))})
    assert database.weeks().state is State.NOT_CHECKED


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("seconds", "state"), [(0, State.OK), (5, State.WARN), (-5, State.WARN), (60, State.BAD), (-60, State.BAD)]
)
def test_clock(outside: None, monkeypatch: pytest.MonkeyPatch, seconds: int, state: State) -> None:
    monkeypatch.setattr(database, "now", lambda: datetime.now(UTC) + timedelta(seconds=seconds))
    assert database.clock().state is state


@pytest.fixture
def another_session(transactional_db: None) -> Iterator[psycopg.Connection]:
    """Somebody else's open transaction in the same database."""
    chosen = settings.DATABASES["default"]
    with psycopg.connect(
        host=chosen["HOST"],
        port=chosen["PORT"] or None,
        user=chosen["USER"],
        password=chosen["PASSWORD"] or None,
        dbname=connection.settings_dict["NAME"],
        application_name="a report",
    ) as session:
        yield session


def test_a_transaction_that_stays_open_is_named(
    outside: None, another_session: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert database.oldest_transaction().what == "none is open"
    another_session.execute("select 1")
    pid = another_session.info.backend_pid
    deadline = time.monotonic() + 30
    while (finding := database.oldest_transaction()).what == "none is open" and time.monotonic() < deadline:
        pass
    assert finding.state is State.OK
    monkeypatch.setattr(database, "LONG_TRANSACTION", timedelta(0))
    finding = database.oldest_transaction()
    assert finding.state is State.WARN
    assert f"process {pid} of a report, idle in transaction" in finding.what
    assert f"pg_terminate_backend({pid})" in finding.mend
    monkeypatch.setattr(database, "HARMFUL_TRANSACTION", timedelta(0))
    assert database.oldest_transaction().state is State.BAD


NINE, TEN = "timestamptz '2026-11-22 09:00:00+00'", "timestamptz '2026-11-22 10:00:00+00'"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("archived", "failed", "state", "said"),
    [
        ("null, null", "null, null", State.NOT_CHECKED, "PostgreSQL has not archived anything yet."),
        (f"'07', {NINE}", "null, null", State.OK, "last archived 07, 2026-11-22 09:00:00 UTC"),
        (f"'07', {TEN}", f"'07', {NINE}", State.OK, "last archived 07, 2026-11-22 10:00:00 UTC"),
        (
            f"'07', {NINE}",
            f"'08', {TEN}",
            State.BAD,
            "Segment 08 of the log cannot be archived; the last was 07, ",
        ),
        ("null, null", f"'01', {NINE}", State.BAD, "Segment 01 of the log cannot be archived; none ever was."),
    ],
)
def test_an_archive_that_cannot_be_written_is_said(
    outside: None, monkeypatch: pytest.MonkeyPatch, archived: str, failed: str, state: State, said: str
) -> None:
    monkeypatch.setattr(database, "ARCHIVER", f"select 'on', {archived}, {failed}")
    finding = database.archiving()
    assert finding.state is state
    assert finding.what.startswith(said)
    assert bool(finding.mend) == (state is not State.OK)


@pytest.mark.django_db
def test_where_nothing_is_archived_nothing_is_missed(outside: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select archived_count from pg_stat_archiver where current_setting('archive_mode') = 'off'")
        if cursor.fetchone() is None:
            pytest.skip("this PostgreSQL archives")
    assert database.archiving().what == "PostgreSQL keeps no archive (archive_mode is off)"
