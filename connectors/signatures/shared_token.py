"""A shared token, sent as it is in a header or in the URL's query (RFC 6750 for ``Authorization: Bearer``).

It proves that the sender knows the token and nothing about the body; over plain HTTP, or in an access log
when it is in the query, it is anybody's. For senders that can do no better (Odoo's automation rules).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import parse_qsl, quote, urlsplit

from connectors.messages import Request, Secret
from connectors.signatures import checks
from connectors.signatures.scheme import Scheme, Settings, with_headers
from connectors.signatures.verdict import Reason, SignatureError, Verified

NAME = "shared_token"
_MOST_PARAMETERS = 200


def verify(request: Request, secrets: Sequence[Secret], settings: Settings, now: datetime) -> Verified:  # noqa: ARG001
    """Verify. Digests of both are compared, so that not even the token's length shows in the time taken."""
    usable = checks.keys(secrets)
    parameter = checks.text(settings, "parameter")
    given = _in_query(request.url, parameter) if parameter else _in_header(request, settings)
    digest = hashlib.sha256(given.encode("utf-8", "surrogatepass")).digest()
    return Verified(NAME, checks.matching(usable, [digest], lambda key: hashlib.sha256(key).digest()))


def _in_header(request: Request, settings: Settings) -> str:
    name, prefix = _place(settings)
    value = checks.header(request, name)
    if value[: len(prefix)].lower() != prefix.lower():
        raise SignatureError(Reason.MALFORMED)
    return value[len(prefix) :].strip()


def _place(settings: Settings) -> tuple[str, str]:
    name = checks.text(settings, "header", "authorization").lower()
    return name, checks.text(settings, "prefix", "Bearer " if name == "authorization" else "")


def _in_query(url: str, parameter: str) -> str:
    try:
        pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True, max_num_fields=_MOST_PARAMETERS)
    except ValueError:
        raise SignatureError(Reason.MALFORMED) from None
    values = [value for name, value in pairs if name == parameter]
    if not values or not values[0]:
        raise SignatureError(Reason.MISSING)
    if len(values) > 1:
        raise SignatureError(Reason.MALFORMED)
    return values[0]


def sign(request: Request, secret: Secret, settings: Settings, now: datetime) -> Request:  # noqa: ARG001
    """Put the token where the settings say."""
    if parameter := checks.text(settings, "parameter"):
        joint = "&" if "?" in request.url else "?"
        token = quote(secret.reveal(), safe="")
        return replace(request, url=f"{request.url}{joint}{quote(parameter, safe='')}={token}")
    name, prefix = _place(settings)
    return with_headers(request, {name: prefix + secret.reveal()})


SCHEME = Scheme(
    NAME,
    "Shared token",
    verify,
    sign,
    settings={
        "header": "the header that holds the token; authorization when not given",
        "prefix": "what stands before it; 'Bearer ' for authorization, otherwise nothing",
        "parameter": "the query parameter that holds the token, in place of a header",
    },
    replay_window=False,
)
