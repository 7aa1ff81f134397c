"""HubSpot: v3 by default, v2 and v1 for endpoints that say so.

* v3: ``X-HubSpot-Signature-v3``, base64 of HMAC-SHA256 over ``{method}{uri}{body}{timestamp}``, the timestamp
  in milliseconds in ``X-HubSpot-Request-Timestamp``. HubSpot signs the URI with twelve escapes undone, its
  own client libraries sign it as it is: both are tried.
* v2 and v1: ``X-HubSpot-Signature``, hex of a plain SHA-256 over ``{secret}{method}{uri}{body}`` or
  ``{secret}{body}``; no time is signed.

The version is a setting and never taken from the request, or a sender could choose the weakest.
Source: https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import datetime

from connectors.messages import Request, Secret
from connectors.signatures import checks
from connectors.signatures.scheme import Scheme, Settings, with_headers
from connectors.signatures.verdict import Verified

NAME = "hubspot"
HEADER = "x-hubspot-signature-v3"
OLD_HEADER = "x-hubspot-signature"
TIME_HEADER = "x-hubspot-request-timestamp"
_VERSIONS = ("v3", "v2", "v1")
_ESCAPE = re.compile(r"%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)", re.IGNORECASE | re.ASCII)


def _decoded(uri: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[0][1:], 16)), uri)


def _digest(key: bytes, request: Request, uri: str, timestamp: str) -> bytes:
    start = f"{request.method}{uri}".encode("utf-8", "replace")
    return hmac.digest(key, start + request.body + timestamp.encode(), "sha256")


def _old_digest(key: bytes, request: Request, version: str) -> bytes:
    place = f"{request.method}{request.url}".encode("utf-8", "replace") if version == "v2" else b""
    return hashlib.sha256(key + place + request.body).digest()


def verify(request: Request, secrets: Sequence[Secret], settings: Settings, now: datetime) -> Verified:
    """Verify by the version that the settings name."""
    version = checks.choice(settings, "version", _VERSIONS, "v3")
    if version != "v3":
        given = [checks.unhex(checks.header(request, OLD_HEADER))]
        return Verified(NAME, checks.matching(checks.keys(secrets), given, lambda k: _old_digest(k, request, version)))
    given = [checks.unbase64(checks.header(request, HEADER))]
    timestamp = checks.header(request, TIME_HEADER)
    signed_at = checks.unix_milliseconds(timestamp)
    index = checks.matching(
        checks.keys(secrets),
        given,
        lambda key: _digest(key, request, _decoded(request.url), timestamp),
        lambda key: _digest(key, request, request.url, timestamp),
    )
    return Verified(NAME, index, "", checks.in_window(signed_at, now, settings))


def sign(request: Request, secret: Secret, settings: Settings, now: datetime) -> Request:
    """Sign as HubSpot does, in the version that the settings name."""
    version = checks.choice(settings, "version", _VERSIONS, "v3")
    key = secret.reveal().encode()
    if version != "v3":
        headers = {OLD_HEADER: _old_digest(key, request, version).hex(), "x-hubspot-signature-version": version}
        return with_headers(request, headers)
    timestamp = str(int(now.timestamp() * 1000))
    digest = _digest(key, request, _decoded(request.url), timestamp)
    return with_headers(request, {TIME_HEADER: timestamp, HEADER: checks.to_base64(digest)})


SCHEME = Scheme(
    NAME,
    "HubSpot",
    verify,
    sign,
    settings={"version": "v3 (when not given), v2 or v1", "tolerance": checks.TOLERANCE_MEANING + " (v3 only)"},
    replay_window=True,
)
