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

#: Seconds that a transaction of these may stand idle before PostgreSQL ends it. None of them waits for anything but the
#: database, so the process stands still or its machine is gone; the rows that it holds are for others to take over.
MOST_IDLE = 20
#: Lists of keys are looked up by index, so the plan is the same however long they are; planning each batch anew took a
#: third of the database's time.
OPTIONS = (f"-c idle_in_transaction_session_timeout={MOST_IDLE}s", "-c plan_cache_mode=force_generic_plan")


def parameters() -> dict[str, Any]:
    """What ``psycopg.connect`` needs to reach the database that Django uses."""
    found = dict(connections["default"].get_connection_params())
    for name in ("cursor_factory", "context", "prepare_threshold", "server_side_binding", "pool", "isolation_level"):
        found.pop(name, None)
    if not settings.PGBOUNCER:  # it passes no options on, and has ``idle_transaction_timeout`` of its own
        found["options"] = " ".join([found.get("options", ""), *OPTIONS]).strip()
    return found | {"connect_timeout": 5}


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
