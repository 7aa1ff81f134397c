"""A house of a bench's own: a database that is made and dropped, and a Valkey that nobody else listens to.

The database is made on the server of ``DATABASE_URL``, so that a real PostgreSQL can be measured; without
one, an embedded PostgreSQL is started, with every safety on: what is measured is what would be kept.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from controlplane.standalone.choices import chosen_places
from controlplane.standalone.places import places, private_folder
from controlplane.standalone.postgres import EmbeddedPostgres
from controlplane.standalone.valkey import EmbeddedValkey

SECRET_NAME = "BENCH_WEBHOOK_SECRET"
SECRET = "whsec_YmVuY2gtYmVuY2gtYmVuY2gtYmVuY2gtYmVuY2g="


@contextmanager
def own_house() -> Iterator[dict[str, str]]:
    """The environment of a bench's processes; all that it names is gone afterwards."""
    above = private_folder(chosen_places().var)
    var = Path(tempfile.mkdtemp(prefix="bench-", dir=above))
    var.chmod(0o711)  # an embedded PostgreSQL that root starts runs as somebody else
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, var, ignore_errors=True)
        # Nothing in it outlives the bench, so it writes to memory only: as fast as a broker can be.
        stack.enter_context(EmbeddedValkey(var))
        yield {
            **os.environ,
            "INTERLOCK_VAR": str(var),
            "DATABASE_URL": stack.enter_context(_own_database(var)),
            "BROKER_URL": places(var).broker_url,
            "CACHE_URL": places(var).cache_url,
            "INTERLOCK_PRIVATE_NETWORKS": "127.0.0.0/8",
            "INTERLOCK_LOG_LEVEL": "WARNING",
            "DJANGO_SETTINGS_MODULE": "controlplane.settings",
            SECRET_NAME: SECRET,
            "BILLING_ERP_PASSWORD": "not-used",
        }


@contextmanager
def _own_database(var: Path) -> Iterator[str]:
    """The address of an empty database."""
    given = os.environ.get("DATABASE_URL")
    if not given:
        with EmbeddedPostgres(var) as postgres:
            yield postgres.url
        return
    name = f"interlock_bench_{os.getpid()}_{secrets.token_hex(4)}"
    _alone(given, sql.SQL("create database {}").format(sql.Identifier(name)))
    try:
        yield urlunsplit(urlsplit(given)._replace(path=f"/{name}"))
    finally:
        _alone(given, sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def _alone(url: str, statement: sql.Composed) -> None:
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(statement)
