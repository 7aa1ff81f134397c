"""The types of Kafka's protocol (https://kafka.apache.org/protocol, "Protocol Primitive Types"), big-endian throughout.

Only those of versions before the compact ones, which is what :mod:`connectors.kafka.session` speaks.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from typing import TypeVar

from connectors.errors import ContractBroken

T = TypeVar("T")


class Reader:
    """An answer, read from its beginning. Whatever is not there raises ``ContractBroken``."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._place = 0

    def int8(self) -> int:
        """A signed number of one byte."""
        return self._number(">b")

    def int16(self) -> int:
        """Of two."""
        return self._number(">h")

    def int32(self) -> int:
        """Of four."""
        return self._number(">i")

    def int64(self) -> int:
        """Of eight."""
        return self._number(">q")

    def text(self) -> str:
        """A text; "" where there is none."""
        return self._take(max(0, self.int16())).decode("utf-8", "replace")

    def octets(self) -> bytes:
        """Bytes; none where there are none."""
        return self._take(max(0, self.int32()))

    def array(self, element: Callable[[], T]) -> list[T]:
        """As many elements as are announced: each takes a byte at least, so there are no more than bytes."""
        count = self.int32()
        if count > len(self._content) - self._place:
            raise _short()
        return [element() for _ in range(count)]

    def _number(self, form: str) -> int:
        (found,) = struct.unpack(form, self._take(struct.calcsize(form)))
        return int(found)

    def _take(self, count: int) -> bytes:
        taken = self._content[self._place : self._place + count]
        if len(taken) < count:
            raise _short()
        self._place += count
        return taken


def _short() -> ContractBroken:
    return ContractBroken("the broker's answer ends before it is whole, or it does not speak Kafka")


def int16(number: int) -> bytes:
    """A signed number of two bytes."""
    return struct.pack(">h", number)


def int32(number: int) -> bytes:
    """Of four."""
    return struct.pack(">i", number)


def text(words: str | None) -> bytes:
    """A text with its length, or that there is none."""
    if words is None:
        return int16(-1)
    raw = words.encode()
    return int16(len(raw)) + raw


def octets(raw: bytes) -> bytes:
    """Bytes with their length."""
    return int32(len(raw)) + raw


def array(elements: Iterable[bytes]) -> bytes:
    """Elements with their number."""
    listed = list(elements)
    return int32(len(listed)) + b"".join(listed)


def varint(number: int) -> bytes:
    """A signed number in zigzag form, seven bits a byte, the lowest first: small ones are short."""
    rest = number << 1 if number >= 0 else (-number << 1) - 1
    parts = bytearray()
    while rest > 0x7F:  # noqa: PLR2004 - seven bits
        parts.append(rest & 0x7F | 0x80)
        rest >>= 7
    parts.append(rest)
    return bytes(parts)
