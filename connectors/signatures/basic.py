"""A user name and password, sent as they are (HTTP Basic authentication, RFC 7617).

The secret is ``user:password``; where the settings name the user, the secret is the password alone. As with
a shared token, nothing about the body is proved.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime

from connectors.messages import Request, Secret
from connectors.signatures import checks
from connectors.signatures.scheme import Scheme, Settings, with_headers
from connectors.signatures.verdict import Reason, SignatureError, Verified

NAME = "basic"
HEADER = "authorization"
PREFIX = "basic "


def verify(request: Request, secrets: Sequence[Secret], settings: Settings, now: datetime) -> Verified:  # noqa: ARG001
    """Verify."""
    user = checks.text(settings, "username")
    value = checks.header(request, HEADER)
    if value[: len(PREFIX)].lower() != PREFIX:
        raise SignatureError(Reason.MALFORMED)
    given = checks.unbase64(value[len(PREFIX) :].strip())
    if given is None or b":" not in given:
        raise SignatureError(Reason.MALFORMED)
    usable = [(index, _pair(key, user)) for index, key in checks.keys(secrets)]
    digest = hashlib.sha256(given).digest()
    return Verified(NAME, checks.matching(usable, [digest], lambda pair: hashlib.sha256(pair).digest()))


def _pair(key: bytes, user: str) -> bytes:
    return user.encode("utf-8", "replace") + b":" + key if user else key


def sign(request: Request, secret: Secret, settings: Settings, now: datetime) -> Request:  # noqa: ARG001
    """Send user and password."""
    pair = _pair(secret.reveal().encode(), checks.text(settings, "username"))
    return with_headers(request, {HEADER: f"Basic {base64.b64encode(pair).decode()}"})


SCHEME = Scheme(
    NAME,
    "User name and password",
    verify,
    sign,
    settings={"username": "the user; when not given, the secret is user:password"},
    replay_window=False,
)
