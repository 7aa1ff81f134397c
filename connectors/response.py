"""What came back: a whole answer, small enough to hold, and how large it may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from connectors.errors import ContractBroken

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """How long one request may take, in seconds, and how much may come back, in bytes.

    ``deadline`` is for everything together: resolving, connecting, sending, all redirects, reading.
    ``connect`` is for resolving, connecting and the TLS handshake. ``response_bytes`` counts the
    body after decompression; ``header_bytes`` is the longest single header line.
    """

    deadline: float = 30.0
    connect: float = 5.0
    response_bytes: int = 10 * MEBIBYTE
    header_bytes: int = 16 * 1024
    follow_redirects: int = 0


@dataclass(frozen=True, slots=True)
class Response:
    """A whole answer. ``headers`` have lower-case names; repeated ones are joined by ", ".

    ``url`` is where it came from after redirects; ``elapsed`` seconds until its last byte. Neither
    URL (which can hold a token) nor body shows in the ``repr``.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    url: str = field(repr=False)
    elapsed: float

    def json(self) -> Any:
        """The body as JSON (``NaN`` is none). Raises ``ContractBroken`` when it is not."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            kind = self.headers.get("content-type", "no content type")[:60]
            raise ContractBroken(
                f"the answer is not JSON (status {self.status}, {kind})", status=self.status, body=self.body
            ) from None

    def text(self) -> str:
        """The body as UTF-8, with a mark in place of what is not."""
        return self.body.decode("utf-8", "replace")
