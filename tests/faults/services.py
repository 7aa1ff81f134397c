"""The services that the environment names, for an installation of a test's own: a new database on that server.

Without ``DATABASE_URL`` and ``BROKER_URL`` an installation brings its own PostgreSQL and Valkey.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg


@contextmanager
def services() -> Iterator[dict[str, str]]:
    """The variables for the installation; its database is dropped afterwards."""
    named = {name: os.environ[name] for name in ("BROKER_URL", "CACHE_URL") if os.environ.get(name)}
    server = os.environ.get("DATABASE_URL", "")
    if not server:
        yield named
        return
    name = f"interlock_faults_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'create database "{name}"')
    try:
        yield named | {"DATABASE_URL": urlunsplit(urlsplit(server)._replace(path=f"/{name}"))}
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'drop database if exists "{name}" with (force)')
