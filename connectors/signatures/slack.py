"""Slack: ``X-Slack-Signature: v0=<hex>`` over ``v0:{timestamp}:{body}`` with HMAC-SHA256.

Source: https://docs.slack.dev/authentication/verifying-requests-from-slack. The event's id is in the body.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import datetime

from connectors.messages import Request, Secret
from connectors.signatures import checks
from connectors.signatures.scheme import Scheme, Settings, with_headers
from connectors.signatures.verdict import Verified

NAME = "slack"
HEADER = "x-slack-signature"
TIME_HEADER = "x-slack-request-timestamp"
PREFIX = "v0="
_SEVERAL_AT_MOST = 16


def _digest(key: bytes, timestamp: str, body: bytes) -> bytes:
    return hmac.digest(key, b"v0:" + timestamp.encode() + b":" + body, "sha256")


def verify(request: Request, secrets: Sequence[Secret], settings: Settings, now: datetime) -> Verified:
    """Verify."""
    entries = [entry.strip() for entry in checks.header(request, HEADER).split(",")[:_SEVERAL_AT_MOST]]
    timestamp = checks.header(request, TIME_HEADER)
    signed_at = checks.unix_seconds(timestamp)
    given = [checks.unhex(entry.removeprefix(PREFIX)) for entry in entries if entry.startswith(PREFIX)]
    index = checks.matching(checks.keys(secrets), given, lambda key: _digest(key, timestamp, request.body))
    return Verified(NAME, index, "", checks.in_window(signed_at, now, settings))


def sign(request: Request, secret: Secret, settings: Settings, now: datetime) -> Request:  # noqa: ARG001
    """Sign as Slack does."""
    timestamp = str(int(now.timestamp()))
    digest = _digest(secret.reveal().encode(), timestamp, request.body)
    return with_headers(request, {TIME_HEADER: timestamp, HEADER: PREFIX + digest.hex()})


SCHEME = Scheme(NAME, "Slack", verify, sign, settings={"tolerance": checks.TOLERANCE_MEANING}, replay_window=True)
