"""Bodies that come packed: refused, unless the endpoint takes gzip; then unpacked within its limit and no further.

The signature is over the bytes as they were sent, so this comes after it (invariant 7): a bomb costs a stranger's
request nothing but its own length.
"""

from __future__ import annotations

import asyncio
import zlib

from controlplane.foundation.errors import TooLarge
from controlplane.transactions.ingress.answers import EncodingRefused

#: Concatenated gzip files are one body (RFC 1952, 2.2); nobody has use for more of them.
MOST_MEMBERS = 64
#: More packed bytes than this are unpacked beside the event loop, so that others go on meanwhile.
AT_ONCE = 16 * 1024
_STEP = 256 * 1024
_GZIP = 16 + zlib.MAX_WBITS


class NotGzip(Exception):
    """The body says that it is gzip, and is not."""


def packed(encoding: str, *, takes_gzip: bool) -> bool:
    """Whether a body of that ``Content-Encoding`` has to be unpacked.

    Raises :class:`EncodingRefused` for what the endpoint does not take.
    """
    if not encoding:
        return False
    named = encoding.strip().lower()
    if named in {"", "identity"}:
        return False
    if takes_gzip and named in {"gzip", "x-gzip"}:
        return True
    taken = "gzip, and once only," if takes_gzip else "no encoding"
    raise EncodingRefused(f"This endpoint takes {taken} of its bodies; nothing was kept.")


async def unpacked(body: bytes, most: int) -> bytes:
    """``body`` without its packing. Raises :class:`NotGzip`, or :class:`TooLarge` past ``most`` bytes."""
    if len(body) <= AT_ONCE:
        return _unpack(body, most)
    return await asyncio.to_thread(_unpack, body, most)


def _unpack(body: bytes, most: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    for _ in range(MOST_MEMBERS):
        unpacker = zlib.decompressobj(_GZIP)
        rest = body
        while not unpacker.eof:
            part = _next(unpacker, rest, min(_STEP, most + 1 - size))
            rest = unpacker.unconsumed_tail
            size += len(part)
            if size > most:
                raise TooLarge(
                    f"This endpoint takes bodies of up to {most} bytes, unpacked; nothing was kept.", limit=most
                )
            parts.append(part)
        body = unpacker.unused_data
        if not body:
            return b"".join(parts)
    raise NotGzip


def _next(unpacker: zlib._Decompress, packed_bytes: bytes, most: int) -> bytes:
    """The next bytes, at most so many; a body that ends before its end is none."""
    try:
        part = unpacker.decompress(packed_bytes, most)
    except zlib.error:
        raise NotGzip from None
    if not part and not unpacker.eof and not unpacker.unconsumed_tail:
        raise NotGzip
    return part
