"""Records as Kafka keeps them (https://kafka.apache.org/documentation/#recordbatch, magic 2), and where they go."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from connectors.kafka.wire import int32, octets, varint

MAGIC = 2
_CASTAGNOLI = 0x82F63B78
_ALL = 0xFFFFFFFF
#: Of nobody who remembers numbers: no producer id, no epoch, no sequence.
_NOBODY = struct.pack(">qhi", -1, -1, -1)


@dataclass(frozen=True, slots=True)
class Record:
    """One record; without a ``key`` it has none, which is not the same as an empty one."""

    key: bytes | None
    value: bytes
    headers: Mapping[str, str]


def batch(records: Sequence[Record], at: int) -> bytes:
    """The batch of ``records``, uncompressed, all of the moment ``at`` (milliseconds since 1970)."""
    body = b"".join(_record(record, place) for place, record in enumerate(records))
    last = len(records) - 1
    summed = struct.pack(">hiqq", 0, last, at, at) + _NOBODY + int32(len(records)) + body
    counted = struct.pack(">ibI", -1, MAGIC, crc32c(summed)) + summed
    return struct.pack(">q", 0) + octets(counted)


def _record(record: Record, place: int) -> bytes:
    key = varint(-1) if record.key is None else _counted(record.key)
    headers = [_counted(name.encode()) + _counted(value.encode()) for name, value in record.headers.items()]
    # No attributes, and no milliseconds after the batch.
    head = b"\x00" + varint(0) + varint(place)
    return _counted(head + key + _counted(record.value) + varint(len(headers)) + b"".join(headers))


def _counted(raw: bytes) -> bytes:
    return varint(len(raw)) + raw


def crc32c(content: bytes) -> int:
    """The check sum of a batch: CRC-32C (RFC 3720, appendix B.4), byte by byte over a table."""
    table = _table()
    found = _ALL
    for byte in content:
        found = table[(found ^ byte) & 0xFF] ^ (found >> 8)
    return found ^ _ALL


@cache
def _table() -> tuple[int, ...]:
    return tuple(_of_byte(byte) for byte in range(256))


def _of_byte(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (_CASTAGNOLI if byte & 1 else 0)
    return byte


def partition(key: bytes, count: int) -> int:
    """Which of ``count`` partitions a key belongs to, as Kafka's own clients choose it."""
    return (murmur2(key) & 0x7FFFFFFF) % count


def murmur2(content: bytes) -> int:
    """MurmurHash2, 32 bits, with the seed of ``org.apache.kafka.common.utils.Utils.murmur2``."""
    mix = 0x5BD1E995
    found = 0x9747B28C ^ len(content)
    whole = len(content) & ~3
    for (word,) in struct.iter_unpack("<I", content[:whole]):
        mixed = word * mix & _ALL
        found = found * mix & _ALL ^ (mixed ^ mixed >> 24) * mix & _ALL
    if rest := content[whole:]:
        found = (found ^ int.from_bytes(rest, "little")) * mix & _ALL
    found = (found ^ found >> 13) * mix & _ALL
    return found ^ found >> 15
