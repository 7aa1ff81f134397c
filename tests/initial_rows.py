"""Putting the test database back to what the migrations left, after a test with real transactions.

Django truncates every table then. Our audit refuses that, and rows that migrations inserted (canonical
entities, the audit's head) would be gone for the next test. So: only tables with rows are emptied,
triggers aside, and the initial rows come back, all in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, transaction

#: Whole tables of the schema; not the partitions, which follow their table.
TABLES = """
select c.relname from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
  and c.relname <> 'django_migrations'
"""
#: So many rows are deleted faster than their table, its indexes and all that refer to it are made anew.
FEW = 1000
#: Kept in a schema of their own, out of sight of the search path.
SCHEMA = "initial"


def _column(statement: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [row[0] for row in cursor.fetchall()]


def _with_rows() -> dict[str, bool]:
    """The tables that have rows, and whether there are many of them."""
    some = [
        f"select '{table}', (select count(*) > {FEW} from (select from \"{table}\" limit {FEW + 1}) looked_at) "
        f'where exists (select from "{table}")'
        for table in _column(TABLES)
    ]
    with connection.cursor() as cursor:
        cursor.execute(" union all ".join(some))
        return dict(cursor.fetchall())


def remember() -> None:
    """Keep a copy of every row that there is."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"drop schema if exists {SCHEMA} cascade; create schema {SCHEMA}")
        for table in _with_rows():
            cursor.execute(f'create table {SCHEMA}."{table}" as table "{table}"')


def restore(_statements: Iterable[str] = ()) -> None:
    """Empty what has rows and put the copies back; stands in for Django's own TRUNCATE statements."""
    filled = _with_rows()
    many = [table for table, has_many in filled.items() if has_many]
    kept = set(_column(f"select relname from pg_class where relnamespace = '{SCHEMA}'::regnamespace and relkind = 'r'"))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        for table in filled.keys() - many:
            cursor.execute(f'delete from "{table}"')
        if many:
            # It also empties what refers to them, which is to be empty in any case.
            cursor.execute("truncate " + ", ".join(f'"{table}"' for table in many) + " cascade")
        for table in kept:
            cursor.execute(f'insert into "{table}" overriding system value table {SCHEMA}."{table}"')
