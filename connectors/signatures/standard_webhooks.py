"""Standard Webhooks, and Svix, whose scheme it is under another header name.

``webhook-signature: v1,<base64> v1,<base64>`` over ``{id}.{timestamp}.{body}`` with HMAC-SHA256; the key
is the base64 after ``whsec_``. Source: the Standard Webhooks specification 1.0
(https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md) and
https://docs.svix.com/receiving/verifying-payloads/how-manual. Asymmetric signatures (``v1a``) are passed
over: a request that has only those is not believed, and is recorded as ``asymmetric``.
"""

from __future__ import annotations

import hmac
import secrets as random
from collections.abc import Sequence
from datetime import datetime

from connectors.messages import Request, Secret
from connectors.signatures import checks
from connectors.signatures.scheme import Scheme, Settings, with_headers
from connectors.signatures.verdict import Reason, SignatureError, Verified

NAME = "standard_webhooks"
PREFIX = "whsec_"
_SEVERAL_AT_MOST = 64


def key_of(secret: str) -> bytes | None:
    """The key in ``whsec_<base64>``, with or without the prefix; ``None`` when it is not base64."""
    return checks.unbase64(secret.strip().removeprefix(PREFIX))


def signature(key: bytes, message_id: str, timestamp: str, body: bytes) -> bytes:
    """The digest over ``{id}.{timestamp}.{body}``."""
    return hmac.digest(key, b"%b.%b.%b" % (message_id.encode("utf-8", "replace"), timestamp.encode(), body), "sha256")


def verify(request: Request, secrets: Sequence[Secret], settings: Settings, now: datetime) -> Verified:
    """Verify; the message's id is signed with it."""
    vendor = "webhook" if "webhook-signature" in request.headers else "svix"
    entries = checks.header(request, f"{vendor}-signature").split(" ")[:_SEVERAL_AT_MOST]
    timestamp = checks.header(request, f"{vendor}-timestamp")
    checks.header(request, f"{vendor}-id")
    message_id = checks.sender_id(request, f"{vendor}-id")
    signed_at = checks.unix_seconds(timestamp)
    index = checks.matching(
        checks.keys(secrets, key_of),
        _digests(entries),
        lambda key: signature(key, message_id, timestamp, request.body),
    )
    return Verified(NAME, index, message_id, checks.in_window(signed_at, now, settings))


def _digests(entries: Sequence[str]) -> list[bytes | None]:
    versioned = [entry.partition(",") for entry in entries]
    if not any(version == "v1" for version, _, _ in versioned) and any(version == "v1a" for version, _, _ in versioned):
        raise SignatureError(Reason.ASYMMETRIC)
    return [checks.unbase64(digest) for version, _, digest in versioned if version == "v1"]


def sign(request: Request, secret: Secret, settings: Settings, now: datetime) -> Request:  # noqa: ARG001
    """Sign under the ``webhook-id`` that the request has, or a new one. Raises ``no_secret`` for a bad key."""
    ((_, key),) = checks.keys([secret], key_of)
    message_id = request.headers.get("webhook-id") or f"msg_{random.token_urlsafe(16)}"
    timestamp = str(int(now.timestamp()))
    digest = checks.to_base64(signature(key, message_id, timestamp, request.body))
    return with_headers(
        request, {"webhook-id": message_id, "webhook-timestamp": timestamp, "webhook-signature": f"v1,{digest}"}
    )


SCHEME = Scheme(
    NAME,
    "Standard Webhooks (Svix)",
    verify,
    sign,
    settings={"tolerance": checks.TOLERANCE_MEANING},
    replay_window=True,
)
