"""Twilio: ``X-Twilio-Signature: <base64>`` with HMAC-SHA1 over the URL and what was posted.

* A form: the URL as Twilio called it, then each field's name and value, sorted by name.
* Anything else: the URL alone, which then has ``bodySHA256=<hex>`` in its query for the body.

Source: https://www.twilio.com/docs/usage/security#validating-requests. Twilio's own clients try the URL
with and without its port, because Twilio has signed both ways; so do we. No time is signed; the id in
``I-Twilio-Idempotency-Token`` is not either. A form is the only body that is read before it is
believed: with a bound on its fields, and as text only.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from connectors.messages import Request, Secret
from connectors.signatures import checks
from connectors.signatures.scheme import Scheme, Settings, with_headers
from connectors.signatures.verdict import Reason, SignatureError, Verified

NAME = "twilio"
HEADER = "x-twilio-signature"
BODY_DIGEST = "bodySHA256"
FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 1000
_DEFAULT_PORTS = {"https": 443, "http": 80}


def verify(request: Request, secrets: Sequence[Secret], settings: Settings, now: datetime) -> Verified:  # noqa: ARG001
    """Verify a form or, where the URL carries its digest, any other body."""
    given = [checks.unbase64(checks.header(request, HEADER))]
    posted = _posted(request)
    digests = [partial(_digest, url, posted) for url in _spellings(request.url)]
    index = checks.matching(checks.keys(secrets), given, *digests)
    return Verified(NAME, index, checks.sender_id(request, "i-twilio-idempotency-token"))


def _digest(url: str, posted: bytes, key: bytes) -> bytes:
    return hmac.digest(key, url.encode("utf-8", "replace") + posted, "sha1")


def _is_form(request: Request) -> bool:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == FORM


def _posted(request: Request) -> bytes:
    """What is signed behind the URL: a form's fields, or nothing when the URL holds the body's digest."""
    if _is_form(request):
        return _fields(request.body)
    if not request.body:
        return b""
    digests = [value for name, value in _query(request.url) if name == BODY_DIGEST]
    expected = hashlib.sha256(request.body).digest()
    if not digests:
        raise SignatureError(Reason.MISSING)
    if not any(hmac.compare_digest(expected, checks.unhex(value) or b"") for value in digests):
        raise SignatureError(Reason.MISMATCH)
    return b""


def _fields(body: bytes) -> bytes:
    """Names and values, sorted; a repeated name once a different value, as Twilio's clients do."""
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise SignatureError(Reason.MALFORMED) from None
    return "".join(name + value for name, value in sorted(set(pairs))).encode("utf-8", "replace")


def _query(url: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(urlsplit(url).query, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise SignatureError(Reason.MALFORMED) from None


def _spellings(url: str) -> list[str]:
    """The URL as it is, without its port, and with the port that its scheme has."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise SignatureError(Reason.MALFORMED) from None
    default = _DEFAULT_PORTS.get(parts.scheme)
    hosts = [parts.netloc, host] if port else [parts.netloc, f"{host}:{default}"]
    return [urlunsplit((parts.scheme, netloc, *parts[2:])) for netloc in hosts]


def sign(request: Request, secret: Secret, settings: Settings, now: datetime) -> Request:  # noqa: ARG001
    """Sign as Twilio does; a body that is no form puts its digest into the URL."""
    signed = request
    if request.body and not _is_form(request):
        joint = "&" if "?" in request.url else "?"
        signed = replace(request, url=f"{request.url}{joint}{BODY_DIGEST}={hashlib.sha256(request.body).hexdigest()}")
    digest = _digest(signed.url, _posted(signed), secret.reveal().encode())
    return with_headers(signed, {HEADER: checks.to_base64(digest)})


SCHEME = Scheme(NAME, "Twilio", verify, sign, settings={}, replay_window=False)
