"""Scripts of statements, run on a cursor that waits: for tests of what several do at the same time."""

from __future__ import annotations

from typing import Any, TypeVar

from psycopg import Cursor

from controlplane.transactions.pipeline.scripts import Script

T = TypeVar("T")


def play(cursor: Cursor[Any], script: Script[T]) -> T:
    """Run a script."""
    try:
        ask = next(script)
        while True:
            cursor.execute(*ask)
            ask = script.send(cursor.fetchall() if cursor.description else [])
    except StopIteration as end:
        value: T = end.value
        return value
