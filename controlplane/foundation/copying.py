"""Rows for COPY in PostgreSQL's binary form: nothing is written out as text here to be read again there.

For :meth:`psycopg.Copy.set_types` the types have to be the columns' own; psycopg then packs each row without looking
at what is in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import AsyncCursor

Row = Sequence[Any]

#: psycopg packs a larger number into them without its upper bits.
_NARROW = {"int2": 2**15, "int4": 2**31}


@dataclass(frozen=True, slots=True)
class Copying:
    """What is copied where: the statement, and the types of its columns."""

    statement: str
    types: tuple[str, ...]

    def fitting(self, rows: Iterable[Row]) -> list[Row]:
        """All rows; raises ``psycopg.DataError``, as PostgreSQL would, for a number that its column cannot hold."""
        kept = list(rows)
        for place, kind in enumerate(self.types):
            if kind in _NARROW:
                _check([row[place] for row in kept if row[place] is not None], kind)
        return kept

    async def copy(self, cursor: AsyncCursor[Any], rows: Iterable[Row]) -> None:
        """Copy them; nothing is asked of the database where there are none. Raises ``psycopg.DataError``."""
        fitting = self.fitting(rows)
        if not fitting:
            return
        async with cursor.copy(self.statement) as copy:
            copy.set_types(self.types)
            for row in fitting:
                await copy.write_row(row)


def into(table: str, columns: Mapping[str, str]) -> Copying:
    """Copying into these columns, each with its type as the catalogue names it (``int2``, ``timestamptz``)."""
    statement = f"copy {table} ({', '.join(columns)}) from stdin (format binary)"
    return Copying(statement, tuple(columns.values()))


def _check(numbers: Sequence[int], kind: str) -> None:
    limit = _NARROW[kind]
    if numbers and not (-limit <= min(numbers) and max(numbers) < limit):
        raise psycopg.DataError(f"a number is out of range for type {kind}")
