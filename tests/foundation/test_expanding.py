"""A table in use is changed without making anybody wait for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from django.db import ProgrammingError, connection, transaction
from django.db.migrations.state import ProjectState

from controlplane.foundation import expanding
from controlplane.foundation.database import connect
from controlplane.foundation.expanding import Expand, IndexPartitions, NoLock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shelf() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("create table shelf (id integer primary key, name text)")
        yield
        cursor.execute("drop table shelf")


@pytest.fixture
def shelves() -> Iterator[None]:
    """A table in two partitions."""
    with connection.cursor() as cursor:
        cursor.execute("create table shelves (id integer, name text) partition by range (id)")
        cursor.execute("create table shelves_low partition of shelves for values from (0) to (10)")
        cursor.execute("create table shelves_mid partition of shelves for values from (10) to (20)")
        yield
        cursor.execute("drop table shelves")


def apply(operation: Expand | IndexPartitions) -> None:
    with connection.schema_editor(atomic=False) as editor:
        operation.database_forwards("shelf", editor, ProjectState(), ProjectState())


def columns() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("select column_name from information_schema.columns where table_name = 'shelf' order by 1")
        return [row[0] for row in cursor.fetchall()]


def test_a_free_table_is_changed_at_once(shelf: None) -> None:
    apply(Expand("alter table shelf add column if not exists note text"))
    assert columns() == ["id", "name", "note"]


def test_it_gives_way_to_whoever_has_the_table_and_traffic_goes_on_meanwhile(
    shelf: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expanding, "PAUSE_SECONDS", 0.02)
    with connect() as reader, connect() as writer:
        reader.execute("begin")
        reader.execute("select from shelf")
        migrating = threading.Thread(target=_migrate)
        migrating.start()
        slowest = 0.0
        for number in range(20):
            began = time.monotonic()
            writer.execute("insert into shelf (id) values (%s)", [number])
            slowest = max(slowest, time.monotonic() - began)
        assert columns() == ["id", "name"]
        reader.execute("commit")
        migrating.join(30)
    assert columns() == ["id", "name", "note"]
    assert slowest < 2.0  # its lock time-out is a tenth of a second; without one the writer waits for the reader


def _migrate() -> None:
    apply(Expand("alter table shelf add column if not exists note text"))
    connection.close()


def test_it_says_what_to_do_when_the_lock_is_never_free(shelf: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expanding, "PAUSE_SECONDS", 0.0)
    with connect() as reader:
        reader.execute("begin")
        reader.execute("select from shelf")
        with pytest.raises(
            NoLock, match=r"not to be had in 2 tries of 100ms. Traffic was not held up. Look for a long"
        ):
            apply(Expand("alter table shelf add column if not exists note text", tries=2))
        reader.execute("rollback")
    assert columns() == ["id", "name"]


def test_an_index_is_made_concurrently_and_what_a_failed_try_left_is_made_anew(shelf: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("insert into shelf (id, name) values (1, 'a'), (2, 'a')")
        with pytest.raises(Exception, match=r"duplicate|could not create unique index"):
            cursor.execute("create unique index concurrently shelf_name on shelf (name)")
        cursor.execute("update shelf set name = id::text")
    apply(Expand("create unique index concurrently if not exists shelf_name on shelf (name)", index="shelf_name"))
    with connection.cursor() as cursor:
        cursor.execute("select indisvalid from pg_index where indexrelid = 'shelf_name'::regclass")
        assert cursor.fetchall() == [(True,)]


INDEXED = """
select c.relname, i.indisvalid from pg_index i join pg_class c on c.oid = i.indexrelid
where c.relname like '%%shelves_by_name' order by 1
"""


def test_an_index_is_made_on_every_partition_while_somebody_writes(shelves: None) -> None:
    by_name = IndexPartitions("shelves_by_name", "shelves", "(name)")
    with connect() as writer:
        writer.execute("insert into shelves values (1, 'a')")
        apply(by_name)
        writer.execute("insert into shelves values (11, 'b')")
    everywhere = [
        ("shelves_by_name", True),
        ("shelves_low_shelves_by_name", True),
        ("shelves_mid_shelves_by_name", True),
    ]
    with connection.cursor() as cursor:
        cursor.execute(INDEXED)
        assert sorted(cursor.fetchall()) == everywhere
        apply(by_name)
        cursor.execute(INDEXED)
        assert sorted(cursor.fetchall()) == everywhere
        cursor.execute("create table shelves_high partition of shelves for values from (20) to (30)")
        cursor.execute("select count(*) from pg_index where indrelid = 'shelves_high'::regclass")
        assert cursor.fetchall() == [(1,)]


def test_a_partition_whose_index_was_begun_is_finished_the_next_time(shelves: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("create index shelves_by_name on only shelves (name)")
        cursor.execute("create index shelves_low_shelves_by_name on shelves_low (name)")
        apply(IndexPartitions("shelves_by_name", "shelves", "(name)"))
        cursor.execute("select indisvalid from pg_index where indexrelid = 'shelves_by_name'::regclass")
        assert cursor.fetchall() == [(True,)]


def test_other_errors_are_not_tried_again(shelf: None) -> None:
    with pytest.raises(ProgrammingError, match="nothing"):
        apply(Expand("alter table nothing add column note text"))


def test_a_migration_that_would_hold_its_locks_is_refused(shelf: None) -> None:
    operation = Expand("alter table shelf add column note text")
    with (
        transaction.atomic(),
        connection.schema_editor(atomic=False) as editor,
        pytest.raises(RuntimeError, match="atomic"),
    ):
        operation.database_forwards("shelf", editor, ProjectState(), ProjectState())
    assert columns() == ["id", "name"]
