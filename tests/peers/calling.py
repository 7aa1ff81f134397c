"""The rig's own HTTP calls to peers on loopback: apart from the product, so that neither hides the other's faults."""

from __future__ import annotations

import gzip
import http.client
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode


class PeerRefusedError(RuntimeError):
    """A peer answered with something else than 2xx; ``status`` and ``body`` as it gave them."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(f"{status}: {body[:500].decode(errors='replace')}")
        self.status = status
        self.body = body


def call(
    port: int,
    method: str,
    path: str,
    *,
    headers: Mapping[str, str] | None = None,
    form: list[tuple[str, str]] | None = None,
    document: Any = None,
) -> Any:
    """The answer's JSON (``None`` for an empty one); raises ``PeerRefusedError`` when it is not a 2xx."""
    sent = {"Accept-Encoding": "gzip"} | dict(headers or {})
    body: str | None = None
    if form is not None:
        body, sent["Content-Type"] = urlencode(form), "application/x-www-form-urlencoded"
    elif document is not None:
        body, sent["Content-Type"] = json.dumps(document), "application/json"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        raw = answer.read()
        if answer.headers.get("Content-Encoding") == "gzip":
            raw = gzip.decompress(raw)
    finally:
        connection.close()
    if not 200 <= answer.status < 300:
        raise PeerRefusedError(answer.status, raw)
    return json.loads(raw) if raw else None
