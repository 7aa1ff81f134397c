"""GitHub: ``X-Hub-Signature-256: sha256=<hex>`` over the body with HMAC-SHA256.

Source: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries. No time is
signed, and the delivery's id (``X-GitHub-Delivery``) is not either: GitHub's own repetition is told by it, but
somebody who has a request can send it under another. Where that matters, the endpoint's ``event_id`` reads an id
from the body. The older SHA-1 header is not believed.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import datetime

from connectors.messages import Request, Secret
from connectors.signatures import checks
from connectors.signatures.scheme import Scheme, Settings, with_headers
from connectors.signatures.verdict import Verified

NAME = "github"
HEADER = "x-hub-signature-256"
PREFIX = "sha256="
_SEVERAL_AT_MOST = 16


def verify(request: Request, secrets: Sequence[Secret], settings: Settings, now: datetime) -> Verified:  # noqa: ARG001
    """Verify."""
    # A proxy that joins repeated headers puts commas between them; GitHub itself sends one.
    entries = [entry.strip() for entry in checks.header(request, HEADER).split(",")[:_SEVERAL_AT_MOST]]
    given = [checks.unhex(entry.removeprefix(PREFIX)) for entry in entries if entry.startswith(PREFIX)]
    index = checks.matching(checks.keys(secrets), given, lambda key: hmac.digest(key, request.body, "sha256"))
    return Verified(NAME, index, checks.sender_id(request, "x-github-delivery"))


def sign(request: Request, secret: Secret, settings: Settings, now: datetime) -> Request:  # noqa: ARG001
    """Sign as GitHub does."""
    digest = hmac.digest(secret.reveal().encode(), request.body, "sha256")
    return with_headers(request, {HEADER: PREFIX + digest.hex()})


SCHEME = Scheme(NAME, "GitHub", verify, sign, settings={}, replay_window=False)
