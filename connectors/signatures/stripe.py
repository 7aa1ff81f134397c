"""Stripe: ``Stripe-Signature: t=<seconds>,v1=<hex>[,v1=<hex>]`` over ``{t}.{body}`` with HMAC-SHA256.

The key is the endpoint's secret as it is shown, ``whsec_`` and all. The event's id is in the body.
Source: https://docs.stripe.com/webhooks#verify-manually. ``v0`` is for test events and never believed.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import datetime

from connectors.messages import Request, Secret
from connectors.signatures import checks
from connectors.signatures.scheme import Scheme, Settings, with_headers
from connectors.signatures.verdict import Reason, SignatureError, Verified

NAME = "stripe"
HEADER = "stripe-signature"
_SEVERAL_AT_MOST = 64


def _signed(timestamp: str, body: bytes) -> bytes:
    return timestamp.encode() + b"." + body


def verify(request: Request, secrets: Sequence[Secret], settings: Settings, now: datetime) -> Verified:
    """Verify."""
    timestamps, signatures = set(), []
    for entry in checks.header(request, HEADER).split(",")[:_SEVERAL_AT_MOST]:
        name, _, value = entry.strip().partition("=")
        if name == "v1":
            signatures.append(checks.unhex(value))
        elif name == "t":
            timestamps.add(value)
    timestamp = _only(timestamps)
    signed_at = checks.unix_seconds(timestamp)
    signed = _signed(timestamp, request.body)
    index = checks.matching(checks.keys(secrets), signatures, lambda key: hmac.digest(key, signed, "sha256"))
    return Verified(NAME, index, "", checks.in_window(signed_at, now, settings))


def _only(values: set[str]) -> str:
    """The one value; two different times in one header leave open which of them was signed."""
    if len(values) != 1:
        raise SignatureError(Reason.MALFORMED)
    return values.pop()


def sign(request: Request, secret: Secret, settings: Settings, now: datetime) -> Request:  # noqa: ARG001
    """Sign as Stripe does."""
    timestamp = str(int(now.timestamp()))
    digest = hmac.digest(secret.reveal().encode(), _signed(timestamp, request.body), "sha256")
    return with_headers(request, {HEADER: f"t={timestamp},v1={digest.hex()}"})


SCHEME = Scheme(NAME, "Stripe", verify, sign, settings={"tolerance": checks.TOLERANCE_MEANING}, replay_window=True)
