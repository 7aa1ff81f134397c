"""Zendesk: ``X-Zendesk-Webhook-Signature: <base64>`` over ``{timestamp}{body}`` with HMAC-SHA256.

The timestamp is ISO 8601 in ``X-Zendesk-Webhook-Signature-Timestamp``. Source:
https://developer.zendesk.com/documentation/webhooks/verifying/ and, for the headers,
https://developer.zendesk.com/documentation/webhooks/anatomy-of-a-webhook-request. The invocation's id is
not signed.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import UTC, datetime

from connectors.messages import Request, Secret
from connectors.signatures import checks
from connectors.signatures.scheme import Scheme, Settings, with_headers
from connectors.signatures.verdict import Verified

NAME = "zendesk"
HEADER = "x-zendesk-webhook-signature"
TIME_HEADER = "x-zendesk-webhook-signature-timestamp"


def _digest(key: bytes, timestamp: str, body: bytes) -> bytes:
    return hmac.digest(key, timestamp.encode("utf-8", "replace") + body, "sha256")


def verify(request: Request, secrets: Sequence[Secret], settings: Settings, now: datetime) -> Verified:
    """Verify."""
    given = [checks.unbase64(checks.header(request, HEADER))]
    timestamp = checks.header(request, TIME_HEADER)
    signed_at = checks.iso_time(timestamp)
    index = checks.matching(checks.keys(secrets), given, lambda key: _digest(key, timestamp, request.body))
    invocation = checks.sender_id(request, "x-zendesk-webhook-invocation-id")
    return Verified(NAME, index, invocation, checks.in_window(signed_at, now, settings))


def sign(request: Request, secret: Secret, settings: Settings, now: datetime) -> Request:  # noqa: ARG001
    """Sign as Zendesk does."""
    timestamp = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    digest = _digest(secret.reveal().encode(), timestamp, request.body)
    return with_headers(request, {TIME_HEADER: timestamp, HEADER: checks.to_base64(digest)})


SCHEME = Scheme(NAME, "Zendesk", verify, sign, settings={"tolerance": checks.TOLERANCE_MEANING}, replay_window=True)
