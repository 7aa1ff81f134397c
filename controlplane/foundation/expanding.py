"""Changing tables while they are in use: a migration's operation that never makes traffic wait.

A statement that waits for a lock makes everybody wait who comes after it. So it waits a tenth of a second at
a time, gives way, and tries again; between the tries traffic goes on. What may be changed at all while the
version before is still running is in ``docs/operations.md`` (Upgrades).
"""

from __future__ import annotations

import time
from typing import Any

from django.db import OperationalError
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import RunSQL
from django.db.migrations.state import ProjectState
from psycopg.errors import LockNotAvailable

from controlplane.foundation.logs import logger

log = logger(__name__)

LOCK_TIMEOUT = "100ms"
TRIES = 300
PAUSE_SECONDS = 0.2


class NoLock(OperationalError):
    """The lock was not to be had; what the migration had done before stays, and it may be applied again."""


class Expand(RunSQL):
    """One statement in a transaction of its own; the migration says ``atomic = False``.

    It has to be repeatable (``add column if not exists``): a migration that was given up is applied again
    from its start. ``concurrently`` is for ``create index concurrently if not exists``, which PostgreSQL
    refuses in a transaction; ``index`` names it, because a try that failed leaves it behind, invalid.
    """

    def __init__(self, sql: str, *, index: str = "", tries: int = TRIES, **more: Any) -> None:
        super().__init__(sql, reverse_sql=RunSQL.noop, **more)
        self.index = index
        self.tries = tries

    def database_forwards(
        self,
        app_label: str,  # noqa: ARG002 - Django's signature
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,  # noqa: ARG002
        to_state: ProjectState,  # noqa: ARG002
    ) -> None:
        """Try until the lock is had."""
        if schema_editor.connection.in_atomic_block:
            message = "A migration with Expand says atomic = False: its locks would be held to the migration's end."
            raise RuntimeError(message)
        for _ in range(self.tries):
            if self._tried(schema_editor):
                return
            time.sleep(PAUSE_SECONDS)
        message = (
            f"The lock for {str(self.sql)[:120]!r} was not to be had in {self.tries} tries of {LOCK_TIMEOUT}. Traffic "
            "was not held up. Look for a long transaction (make doctor names it), end it, and apply the "
            "migration again."
        )
        raise NoLock(message)

    def _tried(self, schema_editor: BaseDatabaseSchemaEditor) -> bool:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(f"set lock_timeout = '{LOCK_TIMEOUT}'")
            try:
                if self.index:
                    self._forget_half_an_index(cursor)
                cursor.execute(str(self.sql))
            except OperationalError as error:
                if not isinstance(error.__cause__, LockNotAvailable):
                    raise
                log.info("migrations.busy", statement=str(self.sql)[:120])
                return False
            finally:
                cursor.execute("reset lock_timeout")
        return True

    def _forget_half_an_index(self, cursor: Any) -> None:
        cursor.execute(
            "select from pg_index i join pg_class c on c.oid = i.indexrelid where c.relname = %s and not i.indisvalid",
            [self.index],
        )
        if cursor.fetchone() is not None:
            cursor.execute(f'drop index concurrently if exists "{self.index}"')


class IndexPartitions(RunSQL):
    """An index on a table in partitions, made on one after the other while all of them are written to.

    First on the table alone, so that every partition made from now on gets it; then concurrently on each that is
    there, which is attached. The table's is valid once all have theirs. Repeatable, as :class:`Expand` is.
    """

    def __init__(self, name: str, table: str, on: str) -> None:
        super().__init__(f'create index if not exists "{name}" on only "{table}" {on}', reverse_sql=RunSQL.noop)
        self.name, self.table, self.on = name, table, on

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """One short statement after the other, each tried until it has its lock."""
        Expand(str(self.sql)).database_forwards(app_label, schema_editor, from_state, to_state)
        for partition in self._without(schema_editor):
            index = f"{partition}_{self.name}"
            make = f'create index concurrently if not exists "{index}" on "{partition}" {self.on}'
            attach = f'alter index "{self.name}" attach partition "{index}"'
            for step in (Expand(make, index=index), Expand(attach)):
                step.database_forwards(app_label, schema_editor, from_state, to_state)

    def _without(self, schema_editor: BaseDatabaseSchemaEditor) -> list[str]:
        """The partitions whose index is not attached yet."""
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(_WITHOUT, [self.table, self.name])
            return [name for (name,) in cursor.fetchall()]


_WITHOUT = """
select c.relname from pg_inherits h join pg_class c on c.oid = h.inhrelid
where h.inhparent = %s::regclass and not exists (select from pg_inherits a join pg_index i on i.indexrelid = a.inhrelid
  where a.inhparent = %s::regclass and i.indrelid = c.oid)
order by c.relname
"""
