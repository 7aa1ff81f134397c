"""Plain connections reach the database that Django uses, with what its settings say."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.db import connection as django_connection

from controlplane.foundation import database

pytestmark = pytest.mark.django_db


def test_the_parameters_are_psycopgs_own_and_reach_djangos_database() -> None:
    parameters = database.parameters()

    assert parameters["dbname"] == django_connection.settings_dict["NAME"]
    assert parameters["application_name"] == "interlock"
    assert parameters["connect_timeout"] == 5
    with psycopg.connect(**parameters) as own:
        assert own.execute("select current_database(), current_setting('TimeZone')").fetchone() == (
            django_connection.settings_dict["NAME"],
            "UTC",
        )


def test_a_transaction_that_stands_idle_is_ended_so_that_others_can_take_its_rows_over(settings: Any) -> None:
    timeout = "select current_setting('idle_in_transaction_session_timeout')"
    settings.PGBOUNCER = False
    with database.connect() as own:
        assert own.execute(timeout).fetchone() == ("20s",)
    settings.PGBOUNCER = True
    assert "idle_in_transaction" not in str(database.parameters())


def test_a_connection_commits_each_statement_by_itself() -> None:
    with database.connect() as own:
        assert own.autocommit is True
        own.execute("create temporary table shelf (id int)")
        with pytest.raises(psycopg.errors.UndefinedColumn):
            own.execute("insert into shelf (nothing) values (1)")
        own.execute("insert into shelf values (1)")
        assert own.execute("select count(*) from shelf").fetchone() == (1,)


async def test_an_event_loop_has_the_same_connection() -> None:
    async with await database.connect_async() as own:
        assert own.autocommit is True
        row = await (await own.execute("select current_database()")).fetchone()
    assert row == (django_connection.settings_dict["NAME"],)


def test_statements_are_prepared_except_behind_pgbouncer(settings: Any) -> None:
    settings.PGBOUNCER = False
    with database.connect() as own:
        assert own.prepare_threshold == 2
    settings.PGBOUNCER = True
    with database.connect() as own:
        assert own.prepare_threshold is None


async def test_a_pool_gives_checked_connections_and_no_more_than_its_size() -> None:
    async with database.open_pool(2) as pool:
        async with pool.connection() as first, pool.connection() as second:
            backends = {one.info.backend_pid for one in (first, second)}
            assert first.autocommit is True
        async with pool.connection() as again:
            assert again.info.backend_pid in backends
        assert (pool.max_size, pool.get_stats()["pool_size"]) == (2, 2)


async def test_a_pool_does_not_hand_out_a_connection_that_the_server_ended() -> None:
    async with database.open_pool(1) as pool:
        async with pool.connection() as first:
            ended = first.info.backend_pid
        with database.connect() as other:
            other.execute("select pg_terminate_backend(%s)", [ended])
        async with pool.connection() as again:
            assert again.info.backend_pid != ended
            assert await (await again.execute("select 1")).fetchone() == (1,)
