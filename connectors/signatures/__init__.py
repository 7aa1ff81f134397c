"""Signatures of incoming webhooks: verified over the raw bytes, before anything is parsed (invariant 7).

One scheme a file, each with ``verify`` and ``sign``. There is no scheme that believes everybody. Add one by
adding its file and its line in :data:`SCHEMES`; the tests for all schemes then apply to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors.messages import Request, Secret
from connectors.signatures import (
    basic,
    generic_hmac,
    github,
    hubspot,
    mtls,
    shared_token,
    shopify,
    slack,
    standard_webhooks,
    stripe,
    twilio,
    zendesk,
)
from connectors.signatures.scheme import Scheme
from connectors.signatures.verdict import Reason, SignatureError, Verified

__all__ = ["SCHEMES", "Reason", "Scheme", "SignatureError", "Verified", "sign", "verify"]

SCHEMES: Mapping[str, Scheme] = {
    module.SCHEME.name: module.SCHEME
    for module in (
        standard_webhooks,
        stripe,
        github,
        shopify,
        slack,
        hubspot,
        zendesk,
        twilio,
        generic_hmac,
        shared_token,
        basic,
        mtls,
    )
}


def verify(
    scheme: str, request: Request, secrets: Sequence[Secret], settings: Mapping[str, Any], now: datetime
) -> Verified:
    """Verify ``request`` by ``scheme``; every one of ``secrets`` may have signed it (keys overlap while rotated).

    ``now`` is aware. Raises ``SignatureError`` and nothing else, whatever the request holds.
    """
    return _known(scheme).verify(request, secrets, settings, now)


def sign(scheme: str, request: Request, secret: Secret, settings: Mapping[str, Any], now: datetime) -> Request:
    """``request`` as a sender would send it: with headers added and, for few schemes, another URL.

    Raises ``SignatureError`` (``unsupported``, ``no_secret``) for settings or a secret that cannot sign.
    """
    return _known(scheme).sign(request, secret, settings, now)


def _known(scheme: str) -> Scheme:
    found = SCHEMES.get(scheme)
    if found is None:
        raise SignatureError(Reason.UNSUPPORTED)
    return found
