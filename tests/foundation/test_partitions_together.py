"""Coming weeks are made while others make them too, and while people read and write."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from django.db import connection, transaction

from controlplane.foundation import partitions
from controlplane.foundation.database import connect
from controlplane.foundation.ids import uuid7_floor
from controlplane.foundation.partitions import ensure, weeks_of

pytestmark = pytest.mark.django_db(transaction=True)

NOVEMBER = datetime(2026, 11, 16, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 14, tzinfo=UTC)


@pytest.fixture(autouse=True)
def shelves() -> Iterator[None]:
    """Two tables in weeks."""
    with connection.cursor() as cursor:
        for table in ("shelf", "drawer"):
            cursor.execute(
                f"create table {table} (id uuid primary key, name text not null default 'new' check (name <> '')) "
                "partition by range (id)"
            )
    yield
    with connection.cursor() as cursor:
        cursor.execute("drop table shelf, drawer")


def test_several_workers_make_every_week_once() -> None:
    workers = 6
    together = Barrier(workers, timeout=30)

    def work(_: int) -> list[str]:
        try:
            together.wait()
            return ensure(["shelf", "drawer"], start=NOVEMBER, weeks=8)
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        made = [name for names in pool.map(work, range(workers)) for name in names]

    assert sorted(made) == sorted(weeks_of("shelf") + weeks_of("drawer"))
    assert len(made) == 16


def test_a_worker_whose_transaction_comes_to_nothing_leaves_the_weeks_to_the_next() -> None:
    def work() -> list[str]:
        try:
            return ensure(["shelf"], start=NOVEMBER, weeks=2)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as another:
        with transaction.atomic():
            assert ensure(["shelf"], start=NOVEMBER, weeks=2) == ["shelf_2026w47", "shelf_2026w48"]
            waits = another.submit(work)
            transaction.set_rollback(True)
        assert waits.result(30) == ["shelf_2026w47", "shelf_2026w48"]


def test_readers_and_writers_do_not_wait_for_a_week_nor_it_for_them() -> None:
    """A long report and an open transaction of the traffic: ``partition of`` would queue everybody behind them."""
    ensure(["shelf"], start=NOVEMBER, weeks=1)
    with connect() as reader, connect() as writer, reader.transaction(), writer.transaction():
        reader.execute("select count(*) from shelf")
        writer.execute("insert into shelf (id) values (%s)", [uuid7_floor(NOVEMBER)])
        with connection.cursor() as cursor:
            cursor.execute("set lock_timeout = '2s'")
        try:
            assert ensure(["shelf"], start=DECEMBER, weeks=1) == ["shelf_2026w51"]
        finally:
            with connection.cursor() as cursor:
                cursor.execute("reset lock_timeout")
        writer.execute("insert into shelf (id) values (%s)", [uuid7_floor(DECEMBER)])

    with connection.cursor() as cursor:
        cursor.execute("select tableoid::regclass::text, name from shelf order by id")
        assert cursor.fetchall() == [("shelf_2026w47", "new"), ("shelf_2026w51", "new")]


def test_a_week_is_a_full_part_of_its_table() -> None:
    """Key, default, check and what is added to the table afterwards hold for it."""
    ensure(["shelf"], start=NOVEMBER, weeks=1)
    with connection.cursor() as cursor:
        cursor.execute("create index on shelf (name)")
        cursor.execute("select indexname from pg_indexes where tablename = 'shelf_2026w47' order by 1")
        assert [row[0] for row in cursor.fetchall()] == ["shelf_2026w47_name_idx", "shelf_2026w47_pkey"]
        cursor.execute(
            "select pg_get_constraintdef(oid) from pg_constraint where conrelid = 'shelf_2026w47'::regclass "
            "and contype <> 'n' order by 1"  # PostgreSQL 18 lists what is not null among the constraints, 15 does not
        )
        assert [row[0] for row in cursor.fetchall()] == ["CHECK ((name <> ''::text))", "PRIMARY KEY (id)"]


def test_the_weeks_of_the_traffic_have_the_triggers_of_their_tables() -> None:
    made = ensure(["attempt"], start=datetime(2031, 1, 6, tzinfo=UTC), weeks=1)
    try:
        with connection.cursor() as cursor:
            cursor.execute("select tgname from pg_trigger where tgrelid = %s::regclass and not tgisinternal", made)
            assert [row[0] for row in cursor.fetchall()] == ["attempt_append_only"]
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'drop table "{made[0]}"')
    assert partitions.weeks_of("attempt")[-1] != made[0]
