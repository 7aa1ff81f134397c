"""Shopify: ``X-Shopify-Hmac-Sha256: <base64>`` over the body with HMAC-SHA256 and the app's client secret.

Source: https://shopify.dev/docs/apps/build/webhooks/subscribe/https#step-2-validate-the-origin-of-your-webhook.
A repeated event has the same ``X-Shopify-Event-Id``
(https://shopify.dev/docs/apps/build/webhooks/ignore-duplicates); one action of a merchant can cause events
of several topics under one id, so the topic belongs to it. Neither is signed.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import datetime

from connectors.messages import Request, Secret
from connectors.signatures import checks
from connectors.signatures.scheme import Scheme, Settings, with_headers
from connectors.signatures.verdict import Verified

NAME = "shopify"
HEADER = "x-shopify-hmac-sha256"
_SEVERAL_AT_MOST = 16


def verify(request: Request, secrets: Sequence[Secret], settings: Settings, now: datetime) -> Verified:  # noqa: ARG001
    """Verify."""
    entries = checks.header(request, HEADER).split(",")[:_SEVERAL_AT_MOST]
    given = [checks.unbase64(entry.strip()) for entry in entries]
    index = checks.matching(checks.keys(secrets), given, lambda key: hmac.digest(key, request.body, "sha256"))
    return Verified(NAME, index, _event_id(request))


def _event_id(request: Request) -> str:
    event = checks.sender_id(request, "x-shopify-event-id")
    topic = checks.sender_id(request, "x-shopify-topic")
    if event and topic:
        return f"{event}:{topic}"
    return event or checks.sender_id(request, "x-shopify-webhook-id")


def sign(request: Request, secret: Secret, settings: Settings, now: datetime) -> Request:  # noqa: ARG001
    """Sign as Shopify does."""
    digest = hmac.digest(secret.reveal().encode(), request.body, "sha256")
    return with_headers(request, {HEADER: checks.to_base64(digest)})


SCHEME = Scheme(NAME, "Shopify", verify, sign, settings={}, replay_window=False)
