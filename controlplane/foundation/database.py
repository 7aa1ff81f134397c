"""Plain psycopg connections for the hot paths: typed binary parameters, prepared statements, COPY.

Django's own connections are for pages and verbs. These are opened with the same parameters; with
PgBouncer in transaction mode nothing is prepared, because the next statement may meet another server.
"""

from __future__ import annotations

from typing import Any

import psycopg
from django.conf import settings
from django.db import connections
from psycopg_pool import AsyncConnectionPool

Connection = psycopg.Connection[tuple[Any, ...]]
AsyncConnection = psycopg.AsyncConnection[tuple[Any, ...]]
Pool = AsyncConnectionPool[AsyncConnection]


def parameters() -> dict[str, Any]:
    """What ``psycopg.connect`` needs to reach the database that Django uses."""
    found = dict(connections["default"].get_connection_params())
    for name in ("cursor_factory", "context", "prepare_threshold", "server_side_binding", "pool", "isolation_level"):
        found.pop(name, None)
    # Arrays of keys that are looked up by index: the plan is the same however many there are, and planning each
    # batch anew took a third of the database's time.
    options = f"{found.get('options', '')} -c plan_cache_mode=force_generic_plan" if not settings.PGBOUNCER else ""
    return found | {"connect_timeout": 5, "options": options}


def _prepare_threshold() -> int | None:
    return None if settings.PGBOUNCER else 2


def connect() -> Connection:
    """A connection of one's own, in autocommit mode; transactions are opened in so many words."""
    return psycopg.connect(**parameters(), autocommit=True, prepare_threshold=_prepare_threshold())


async def connect_async() -> AsyncConnection:
    """The same for an event loop."""
    return await psycopg.AsyncConnection.connect(
        **parameters(), autocommit=True, prepare_threshold=_prepare_threshold()
    )


def open_pool(size: int) -> Pool:
    """Up to ``size`` connections of an event loop, checked before use; to be entered with ``async with``."""
    return AsyncConnectionPool(
        kwargs={**parameters(), "autocommit": True, "prepare_threshold": _prepare_threshold()},
        min_size=1,
        max_size=size,
        timeout=10,
        check=AsyncConnectionPool.check_connection,
        open=False,
    )
