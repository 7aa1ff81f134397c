"""Secrets that come back: a destination that shows what we sent is not written down with them (invariant 8).

Error pages and debugging answers repeat the head of a request, with its ``Authorization``. Found are a secret
itself and the forms in which it travels: in JSON, in a query, in base64 (also behind a user name, as in HTTP Basic).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

from connectors.messages import Secret

MASK = "•••"
#: Shorter ones stand in any text by chance.
SHORTEST = 6


def masked(text: str, secrets: Iterable[Secret]) -> str:
    """``text`` without any of the secrets."""
    return Mask(secrets).text(text)


def masked_bytes(body: bytes, secrets: Iterable[Secret]) -> bytes:
    """``body`` without any of the secrets."""
    return Mask(secrets).body(body)


class Mask:
    """Takes the same secrets out of many answers; their forms are written out once."""

    __slots__ = ("_forms",)

    def __init__(self, secrets: Iterable[Secret]) -> None:
        self._forms = tuple(form for secret in secrets for form in _forms(secret.reveal()))

    def __bool__(self) -> bool:
        """Whether there is anything to take out."""
        return bool(self._forms)

    def text(self, text: str) -> str:
        """``text`` without them."""
        if not text or not self._forms:
            return text
        return self.body(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")

    def body(self, body: bytes) -> bytes:
        """``body`` without them."""
        if body:
            for form in self._forms:
                body = body.replace(form, MASK.encode())
        return body

    def __repr__(self) -> str:
        """Shows none of them."""
        return f"Mask({len(self._forms)} forms)"


def _forms(value: str) -> Iterator[bytes]:
    raw = value.encode("utf-8", "surrogatepass")
    if len(raw) < SHORTEST:
        return
    yield raw
    yield json.dumps(value)[1:-1].encode()
    yield json.dumps(value, ensure_ascii=False)[1:-1].encode("utf-8", "surrogatepass")
    yield quote(raw, safe="").encode()
    yield quote_plus(raw).encode()
    yield from _in_base64(raw)


def _in_base64(raw: bytes) -> Iterator[bytes]:
    """The characters that only ``raw`` decides, behind nought, one and two other bytes (three make four characters)."""
    for before in range(3):
        whole = base64.b64encode(bytes(before) + raw)
        first = -(-before * 4 // 3)
        last = (before + len(raw)) * 8 // 6
        yield whole[first:last]
