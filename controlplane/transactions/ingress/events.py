"""What is stored of a verified request: its ids, its digest, its body and what may be kept of its head."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson

from connectors.messages import Request
from connectors.signatures import Verified
from controlplane.foundation.expressions import ExpressionFailed
from controlplane.foundation.ids import digest_uuid, uuid7
from controlplane.foundation.pointers import without
from controlplane.transactions.ingress.batches import Accepted
from controlplane.transactions.ingress.endpoints import KnownEndpoint

MAX_KEPT_HEADERS = 64
MAX_HEADER_LENGTH = 2048
NOT_KEPT = frozenset({"content-length", "content-encoding", "connection", "host"})
#: In the name of a header that may prove something.
SECRET_WORDS = (
    "auth",
    "bearer",
    "client-cert",
    "cookie",
    "credential",
    "hmac",
    "jwt",
    "key",
    "passw",
    "secret",
    "session",
    "signature",
    "token",
)
HARMLESS_KEYS = ("idempotency-key", "event-key")
#: Addresses that were called before this one; a sender's token may stand in their query.
ADDRESSES = ("referer", "original-ur", "original-path", "forwarded-ur", "rewrite-ur")
#: Headers of that name are our own notes beside a body; a sender cannot write them.
OUR_PREFIX = "interlock-"
#: orjson writes no deeper, and the C stacks of what reads it later are finite too.
MAX_DEPTH = 254


class Broken(Exception):
    """A body that cannot be read, at an endpoint that has to read it before keeping it."""


def event_of(endpoint: KnownEndpoint, request: Request, verified: Verified, apart: Sequence[str] = ()) -> Accepted:
    """The event to store; raises :class:`Broken`. Where it has no id, ``apart`` and its bytes identify it."""
    body, document, body_digest = request.body, None, digest_uuid(request.body)
    if endpoint.parses:
        try:
            document = parsed(body)
        except Broken:
            # What cannot be parsed cannot be rid of its secret fields either (invariant 12).
            if endpoint.refuse_broken or endpoint.drop_fields:
                raise
    # The endpoint's own first: with some schemes a sender's id stands in a header that nobody signs.
    sender_id = _sender_id(endpoint, document, request) or verified.sender_id
    if endpoint.drop_fields:
        body = orjson.dumps(without(document, endpoint.drop_fields))
    return Accepted(
        id=uuid7(),
        endpoint_id=endpoint.id,
        key_digest=_key_digest(sender_id, apart, request.body) if sender_id or apart else body_digest,
        body_digest=body_digest,
        retention=endpoint.retention,
        lane=endpoint.lane,
        content_type=request.headers.get("content-type", "")[:MAX_HEADER_LENGTH].replace("\x00", ""),
        headers=orjson.dumps(kept_headers(request.headers, _proof_header(endpoint))).decode(),
        body=body,
    )


def _key_digest(sender_id: str, apart: Sequence[str], body: bytes) -> UUID:
    if sender_id:
        return digest_uuid(b"id", sender_id.encode("utf-8", "surrogatepass"))
    return digest_uuid(b"apart", *(word.encode() for word in apart), body)


def parsed(body: bytes) -> Any:
    """The JSON document in ``body``; raises :class:`Broken` also for one that is nested too deeply."""
    try:
        document = orjson.loads(body)
        if body.count(b"{") + body.count(b"[") > MAX_DEPTH:
            orjson.dumps(document)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError) as error:
        raise Broken from error
    return document


def _sender_id(endpoint: KnownEndpoint, document: Any, request: Request) -> str:
    """The id by the endpoint's expression; "" where there is none, and the body itself identifies it."""
    if endpoint.event_id is None:
        return ""
    try:
        found = endpoint.event_id.evaluate({"event": document, "headers": request.headers})
    except ExpressionFailed:
        return ""
    return "" if found is None else str(found)


def _proof_header(endpoint: KnownEndpoint) -> str:
    """The header that the endpoint's own settings say holds the proof, whatever its name."""
    return str(endpoint.scheme_settings.get("header", "")).lower()


def kept_headers(headers: Mapping[str, str], proof: str = "") -> dict[str, str]:
    """The headers worth keeping: none that could prove anything to anybody (invariant 8), nor ``proof``."""
    kept = {
        name: value[:MAX_HEADER_LENGTH].replace("\x00", "")
        for name, value in headers.items()
        if name != proof and _worth_keeping(name)
    }
    return kept if len(kept) <= MAX_KEPT_HEADERS else dict(list(kept.items())[:MAX_KEPT_HEADERS])


@lru_cache(maxsize=1024)
def _worth_keeping(name: str) -> bool:
    return (
        name not in NOT_KEPT
        and not name.startswith(OUR_PREFIX)
        and (not any(word in name for word in SECRET_WORDS) or name.endswith(HARMLESS_KEYS))
        and not any(word in name for word in ADDRESSES)
        and "\x00" not in name
    )
