"""Columns of a batch as PostgreSQL's binary arrays (``array_send`` in its ``arrayfuncs.c``), packed at once.

psycopg looks at every element of a list for its type, which costs the hottest statement as much as executing it.
What is made here goes for a parameter ``%b`` and has its type with it; it has one dimension, and ``None`` is null.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct
from uuid import UUID

import psycopg
from psycopg.adapt import Dumper
from psycopg.pq import Format

_HEAD = Struct(">iiIii")
_LENGTH = Struct(">i")
_BIGINT = Struct(">iq")
_SMALLINT = Struct(">ih")
_BOOLEAN = Struct(">i?")
_NULL = _LENGTH.pack(-1)


class _Array(bytes):
    """An array in binary; each kind is a class, by which psycopg finds its type."""

    __slots__ = ()


class Bigints(_Array):
    """``bigint[]``."""


class Smallints(_Array):
    """``smallint[]``."""


class Booleans(_Array):
    """``boolean[]``."""


class Uuids(_Array):
    """``uuid[]``."""


class Texts(_Array):
    """``text[]``."""


class Blobs(_Array):
    """``bytea[]``."""


def bigints(values: Sequence[int | None]) -> Bigints:
    """Raises ``struct.error`` for what has no place in 64 bits."""
    return Bigints(
        _array("int8", len(values), [_NULL if value is None else _BIGINT.pack(8, value) for value in values])
    )


def smallints(values: Sequence[int]) -> Smallints:
    """Raises ``struct.error`` for what has no place in 16 bits."""
    return Smallints(_array("int2", len(values), [_SMALLINT.pack(2, value) for value in values]))


def booleans(values: Sequence[bool]) -> Booleans:
    """Yes or no."""
    return Booleans(_array("bool", len(values), [_BOOLEAN.pack(1, value) for value in values]))


def uuids(values: Sequence[UUID | None]) -> Uuids:
    """UUIDs."""
    length = _LENGTH.pack(16)
    return Uuids(_array("uuid", len(values), [_NULL if value is None else length + value.bytes for value in values]))


def texts(values: Sequence[str | None]) -> Texts:
    """Raises ``UnicodeEncodeError`` for half of a surrogate pair; PostgreSQL refuses a NUL."""
    return Texts(
        _array("text", len(values), [_NULL if value is None else _measured(value.encode()) for value in values])
    )


def blobs(values: Sequence[bytes]) -> Blobs:
    """Bytes as they are."""
    return Blobs(_array("bytea", len(values), [_measured(value) for value in values]))


def _measured(value: bytes) -> bytes:
    return _LENGTH.pack(len(value)) + value


def _array(element: str, length: int, pieces: Sequence[bytes]) -> bytes:
    if not length:
        return _HEAD.pack(0, 0, _oid(element), 0, 0)[:12]
    return b"".join([_HEAD.pack(1, 0, _oid(element), length, 1), *pieces])


def _oid(name: str) -> int:
    return psycopg.adapters.types[name].oid


def _register(kind: type[_Array], element: str) -> None:
    class ArrayDumper(Dumper):
        """It is as PostgreSQL wants it."""

        format = Format.BINARY
        oid = psycopg.adapters.types[element].array_oid

        def dump(self, obj: _Array) -> bytes:
            """Nothing is left to do."""
            return obj

    psycopg.adapters.register_dumper(kind, ArrayDumper)


_register(Bigints, "int8")
_register(Smallints, "int2")
_register(Booleans, "bool")
_register(Uuids, "uuid")
_register(Texts, "text")
_register(Blobs, "bytea")
