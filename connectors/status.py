"""HTTP status → error, as a table: what the answer means for the caller's next move.

Three choices that are argued about:

* **500 after a write is "try again", not "unknown".** A 5xx is an answer: the system received the
  request and says that it failed. It may still have done half of it, so what is repeated must carry
  its idempotency key or be looked up first; that is so for every repetition anyway (invariant 4).
  "Unknown" is kept for silence, where nobody said anything.
* **409 is "no".** It means that the record is in a state that forbids this write. Systems where it
  means "you were too quick" (Stripe's ``lock_timeout``) are translated in their own connector.
* **403 is "slow down" where it says so**: nothing is left of the allowance, or when to come back (GitHub's primary and
  secondary limits). The credential is good then, and nobody has to replace it.

A status that is in no row is judged by its hundred: 3xx ``Refused`` (redirects are not followed), 4xx
``Rejected``, 5xx ``Transient``, anything else ``ContractBroken``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from http import HTTPStatus

from connectors.errors import AuthFailed, ConnectorError, ContractBroken, RateLimited, Refused, Rejected, Transient
from connectors.response import Response

SUCCESS = range(200, 300)
#: A reset beyond this is a moment since 1970, not a number of seconds from now.
_AN_EPOCH = 1_000_000_000.0
#: The longest wait that we believe in a Retry-After, in seconds: a day.
LONGEST_WAIT = 86_400.0

TABLE: Mapping[int, type[ConnectorError]] = {
    400: Rejected,
    401: AuthFailed,
    402: Rejected,
    403: AuthFailed,
    404: Rejected,
    405: Rejected,
    406: Rejected,
    407: AuthFailed,
    408: Transient,  # it gave up reading our request, so nothing was done
    409: Rejected,
    410: Rejected,
    411: Rejected,
    412: Rejected,
    413: Rejected,
    414: Rejected,
    415: Rejected,
    421: Transient,  # a connection shared with another host: a new one helps
    422: Rejected,
    423: Transient,  # locked by somebody for a while
    425: Transient,
    429: RateLimited,
    431: Rejected,
    451: Rejected,
    500: Transient,
    501: Rejected,
    502: Transient,
    503: Transient,
    504: Transient,
    505: Rejected,
    507: Transient,
    511: Refused,  # a captive portal stands between us and the system
}
_BY_HUNDRED: Mapping[int, type[ConnectorError]] = {3: Refused, 4: Rejected, 5: Transient}
_LONGEST_DATE = 64
_PREFIXES = ("ratelimit", "x-ratelimit")
_SECONDS = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,6})?", re.ASCII)


def _utc_now() -> datetime:
    return datetime.now(UTC)


def error_for(
    response: Response,
    *,
    reason: str | None = None,
    detail: str | None = None,
    now: Callable[[], datetime] = _utc_now,
) -> ConnectorError | None:
    """The error that this answer stands for, to be raised or returned; ``None`` for a 2xx.

    ``reason`` replaces the sentence for people (the vendor's own, without personal data); ``detail`` is
    the vendor's code. The answer's body travels with the error for the attempt's record.
    """
    status = response.status
    if status in SUCCESS:
        return None
    kind = _kind(status, response.headers)
    sentence = reason or f"the system answered {status} ({_MEANING[kind]})"
    if issubclass(kind, Transient):
        wait = _wait(kind, response.headers, now())
        return kind(sentence, retry_after=wait, detail=detail or "", status=status, body=response.body)
    return kind(sentence, detail=detail or "", status=status, body=response.body)


def _kind(status: int, headers: Mapping[str, str]) -> type[ConnectorError]:
    if status == HTTPStatus.FORBIDDEN and ("retry-after" in headers or any(map(partial(_used_up, headers), _PREFIXES))):
        return RateLimited
    return TABLE.get(status) or _BY_HUNDRED.get(status // 100, ContractBroken)


def _wait(kind: type[ConnectorError], headers: Mapping[str, str], now: datetime) -> float | None:
    """What the answer asks for in so many words goes before what its allowance tells."""
    asked = retry_after(headers, now)
    return rest_asked(headers, now, limited=kind is RateLimited) if asked is None else asked


_MEANING: Mapping[type[ConnectorError], str] = {
    AuthFailed: "the credential was refused",
    ContractBroken: "which is not an HTTP status for an answer",
    RateLimited: "too many requests",
    Refused: "which sends us elsewhere; redirects are not followed",
    Rejected: "the request was understood and refused",
    Transient: "it cannot serve the request now",
}


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds to wait by the ``Retry-After`` header (RFC 9110 §10.2.3): a number or an HTTP date.

    ``headers`` have lower-case names. Clamped to 0 … 86,400; ``None`` without the header or where it is
    neither, so that the caller's own back-off applies.
    """
    raw = headers.get("retry-after", "").strip()
    seconds = float(raw) if _SECONDS.fullmatch(raw) else _until(raw, now)
    return None if seconds is None else min(max(seconds, 0.0), LONGEST_WAIT)


def rest_asked(headers: Mapping[str, str], now: datetime, *, limited: bool = False) -> float | None:
    """Seconds until there is room again, when an answer says that nothing is left of the sender's allowance.

    ``ratelimit-remaining`` and ``ratelimit-reset`` (draft-ietf-httpapi-ratelimit-headers-03: seconds), or the same with
    ``x-`` (GitHub, Zendesk and others: seconds, or seconds since 1970). ``limited``: the answer's status says already
    that nothing is left, so it need not count it. ``None`` when there is room, or where they say nothing that can be
    believed.
    """
    for prefix in _PREFIXES:
        reset = headers.get(f"{prefix}-reset", "").strip()
        uncounted = limited and f"{prefix}-remaining" not in headers
        if (uncounted or _used_up(headers, prefix)) and _SECONDS.fullmatch(reset):
            seconds = float(reset)
            seconds -= now.timestamp() if seconds > _AN_EPOCH else 0.0
            return min(max(seconds, 0.0), LONGEST_WAIT)
    return None


def _used_up(headers: Mapping[str, str], prefix: str) -> bool:
    return headers.get(f"{prefix}-remaining", "").strip() == "0"


def _until(raw: str, now: datetime) -> float | None:
    if not raw or len(raw) > _LONGEST_DATE:
        return None
    try:
        moment = parsedate_to_datetime(raw)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return (moment - now).total_seconds()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
