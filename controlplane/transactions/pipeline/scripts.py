"""Statements that follow from one another.

A script yields a statement with its parameters, is sent the rows, and returns what came of it.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any, TypeAlias, TypeVar

from psycopg import AsyncCursor

T = TypeVar("T")
Ask: TypeAlias = tuple[str, Sequence[Any]]
Rows: TypeAlias = list[tuple[Any, ...]]
Script: TypeAlias = Generator[Ask, Rows, T]


async def play(cursor: AsyncCursor[Any], script: Script[T]) -> T:
    """Run a script on a cursor."""
    try:
        ask = next(script)
        while True:
            await cursor.execute(*ask)
            ask = script.send(await cursor.fetchall() if cursor.description else [])
    except StopIteration as end:
        value: T = end.value
        return value
