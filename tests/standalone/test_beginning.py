"""An empty database begins with one file, and that comes to what applying every migration does."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from controlplane.standalone.beginning.write import cleaned
from controlplane.standalone.choices import PROJECT

#: What a database is, in rows that do not depend on when or in which order it was made.
SHAPE = {
    "columns": """
select c.relname, row_number() over (partition by c.oid order by a.attnum), a.attname,
  format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attstorage, a.attgenerated, a.attstattarget,
  pg_get_expr(d.adbin, d.adrelid)
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
""",
    "tables": """
select relname, relkind, relispartition, pg_get_expr(relpartbound, oid), reloptions, pg_get_partkeydef(oid)
from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
""",
    "indexes": r"""
select case when c.relispartition then regexp_replace(pg_get_indexdef(i.indexrelid), 'INDEX \S+ ON', 'INDEX ON')
  else pg_get_indexdef(i.indexrelid) end, i.indisvalid, c.reloptions
from pg_index i join pg_class c on c.oid = i.indexrelid where c.relnamespace = 'public'::regnamespace
""",
    "constraints": """
select conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated, condeferrable, condeferred
from pg_constraint where connamespace = 'public'::regnamespace and contype <> 'n'
""",
    "triggers": """
select tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), tgenabled from pg_trigger where not tgisinternal
""",
    "functions": "select proname, pg_get_functiondef(oid) from pg_proc where pronamespace = 'public'::regnamespace",
    "sequences": """
select sequencename, data_type::text, start_value, increment_by, last_value from pg_sequences
where schemaname = 'public'
""",
    "extensions": "select extname from pg_extension",
}
#: PostgreSQL writes a list of texts otherwise once it has been read again: the cast of the whole is one of each.
LISTS = re.compile(r"\(ARRAY\[([^\]]*)\]\)::text\[\]")
EACH = re.compile(r"('(?:[^']|'')*'::character varying)")
#: One row with a random mark, which is another after every change.
STAMP = "inventory_ownershipstamp"
TIMES = {"applied", "created_at", "at", "published_at", "changed_at", "updated_at"}


#: Django numbers these in the order of the migrations. A newer one that belongs between others comes last in a database
#: that began with the file; nothing of ours refers to the numbers.
NUMBERED = frozenset({"django_migrations", "django_content_type", "auth_permission"})
NUMBERS = frozenset({"id", "content_type_id"})


@pytest.fixture
def both(db: None) -> Iterator[dict[str, str]]:
    """A database of either kind; each is made by the command that people use."""
    named = {kind: _named(kind) for kind in ("begun", "migrated")}
    with psycopg.connect(_of("postgres"), autocommit=True) as server:
        for kind, name in named.items():
            server.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
            _migrate(name, *(["--from-nothing"] if kind == "migrated" else []))
        yield {kind: _of(name) for kind, name in named.items()}
        for name in named.values():
            server.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def _named(kind: str) -> str:
    return f"{connection.settings_dict['NAME']}_{kind}"


def _of(name: str) -> str:
    host, port, user = (connection.settings_dict[key] for key in ("HOST", "PORT", "USER"))
    return f"postgresql://{user}@/{name}?host={host}&port={port or 5432}"


def _migrate(name: str, *options: str) -> None:
    host, port, user = (connection.settings_dict[key] for key in ("HOST", "PORT", "USER"))
    url = f"postgres://{user}@{str(host).replace('/', '%2F')}:{port or 5432}/{name}"
    command = [sys.executable, "-W", "ignore", "manage.py", "migrate", "--verbosity", "0", *options]
    subprocess.run(command, cwd=PROJECT, check=True, env=os.environ | {"DATABASE_URL": url})


def _asked(url: str, statement: str) -> list[tuple[Any, ...]]:
    with closing(psycopg.connect(url)) as database:
        rows = database.execute(statement).fetchall()
    return sorted((tuple(_read_again(str(value)) for value in row) for row in rows), key=str)


def _read_again(text: str) -> str:
    return LISTS.sub(lambda found: "ARRAY[" + EACH.sub(r"(\1)::text", found[1]) + "]", text)


@pytest.mark.timeout(300)
def test_it_has_what_every_migration_made_rows_and_all(both: dict[str, str]) -> None:
    """One test, because every migration takes twenty seconds of a processor."""
    for what, statement in SHAPE.items():
        made = _asked(both["migrated"], statement)
        assert made
        assert _asked(both["begun"], statement) == made, what
    for table in _tables(both["migrated"]) - {STAMP}:
        statement = _rows(both["migrated"], table)
        assert _asked(both["begun"], statement) == _asked(both["migrated"], statement), table
    # Whoever comes second finds it begun.
    before = _asked(both["begun"], "select count(*) from django_migrations")
    _migrate(_named("begun"))
    assert _asked(both["begun"], "select count(*) from django_migrations") == before


def _tables(url: str) -> set[str]:
    kinds = "relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
    return {name for (name,) in _asked(url, f"select relname from pg_class where {kinds}")}


def _rows(url: str, table: str) -> str:
    """The statement that reads them, but for moments and for numbers that say nothing."""
    there = f"attrelid = '{table}'::regclass and attnum > 0 and not attisdropped"
    columns = _asked(url, f"select attname from pg_attribute where {there}")
    left_out = TIMES | (NUMBERS if table in NUMBERED else frozenset())
    listed = ", ".join(f'"{name}"' for (name,) in columns if name not in left_out)
    return f'select {listed} from "{table}"'


def test_nothing_of_the_server_or_of_the_day_is_kept() -> None:
    dump = """\
-- PostgreSQL database dump

\\restrict abc
SET statement_timeout = 0;
SELECT pg_catalog.set_config('search_path', '', false);
CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS $$
begin

  -- why
  return new;
end $$;


INSERT INTO public.a VALUES (1, 'it''s', '2026-11-29 04:12:33.5+00');
"""
    assert (
        cleaned(dump).partition("= false;\n")[2]
        == """\
CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS $$
begin

  -- why
  return new;
end $$;
INSERT INTO public.a VALUES (1, 'it''s', now());
"""
    )
