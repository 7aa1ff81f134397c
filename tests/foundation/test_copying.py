"""What is copied in binary form arrives as it was, or is refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from controlplane.foundation.copying import Copying, into
from controlplane.foundation.database import Connection, connect

pytestmark = pytest.mark.django_db

COLUMNS = {
    "id": "uuid",
    "small": "int2",
    "middle": "int4",
    "large": "int8",
    "word": "text",
    "code": "varchar",
    "yes": "bool",
    "body": "bytea",
    "document": "jsonb",
    "at": "timestamptz",
}
NOTHING = (None,) * len(COLUMNS)


@pytest.fixture
def connection() -> Iterator[Connection]:
    with connect() as opened:
        columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
        opened.execute(f"create temporary table shelf ({columns})")
        yield opened


def copied(connection: Connection, copying: Copying, rows: Sequence[Sequence[Any]]) -> list[Any]:
    with connection.cursor() as cursor:
        with cursor.copy(copying.statement) as copy:
            copy.set_types(copying.types)
            for row in copying.fitting(rows):
                copy.write_row(row)
        return cursor.execute("select * from shelf").fetchall()


def test_every_kind_of_value_arrives_as_it_was(connection: Connection) -> None:
    row = (
        UUID(int=7),
        -(2**15),
        2**31 - 1,
        -(2**63),
        "Brandt\tMesstechnik\n\\N",
        "EUR",
        True,
        b"\x00\xff\\x",
        Jsonb({"a": [1, "ä"]}),
        datetime(2026, 11, 28, 12, 30, tzinfo=UTC),
    )
    found = copied(connection, into("shelf", COLUMNS), [row, NOTHING])
    assert found == [(*row[:8], {"a": [1, "ä"]}, row[9]), NOTHING]


@pytest.mark.parametrize(("kind", "number"), [("int2", 2**15), ("int2", -(2**15) - 1), ("int4", 2**31)])
def test_a_number_without_a_place_in_its_column_is_refused_and_never_cut(kind: str, number: int) -> None:
    copying = into("shelf", {"number": kind, "other": "int8"})
    with pytest.raises(psycopg.DataError, match=kind):
        copying.fitting([(1, number), (None, 1), (number, 1)])
