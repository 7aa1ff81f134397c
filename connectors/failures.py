"""What a broken exchange means: the client library's errors → ours, without an address's secrets.

The question that matters is whether the request left whole. Before that nothing can have happened
at the other side and the same call may be tried again; afterwards a write may have taken effect.
Messages name only the origin (``https://api.example.com``): paths and queries can hold tokens.
"""

from __future__ import annotations

import errno
import ssl

import aiohttp
from aiohttp.http_exceptions import BadHttpMessage, ContentEncodingError, PayloadEncodingError
from yarl import URL

from connectors.errors import ConnectorError, ContractBroken, OutcomeUnknown, Refused, Transient, counted

_CONNECTING = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
READS = frozenset({"GET", "HEAD", "OPTIONS"})


class TooLarge(Exception):
    """The answer is larger than the caller allows; ``bytes_allowed`` says how large that is."""

    def __init__(self, bytes_allowed: int) -> None:
        super().__init__(bytes_allowed)
        self.bytes_allowed = bytes_allowed


class Unasked(Exception):
    """The answer is packed in a way that was not asked for, or twice."""


def failure(error: Exception, *, sent: bool, method: str, url: URL) -> ConnectorError:
    """The error to raise for ``error`` of the client.

    ``sent``: the whole request had left. One that breaks off before its end is one that the receiver must not
    act on (RFC 9112 §8), so it may be sent again.
    """
    origin = str(url.origin())
    if not sent:
        return _not_sent(error, origin)
    if isinstance(error, TooLarge):
        what = f"the answer of {origin} is larger than {error.bytes_allowed} bytes"
    elif isinstance(error, Unasked):
        what = f"the answer of {origin} is in an encoding that was not asked for"
    elif _unreadable(error):
        what = f"the answer of {origin} is not valid HTTP"
    elif isinstance(error, TimeoutError):
        what = f"{origin} did not answer in time"
    else:
        what = f"{origin} closed the connection before its whole answer had come"
    if method not in READS:
        return OutcomeUnknown(f"{what}; {method} may have taken effect")
    return ContractBroken(what) if isinstance(error, TooLarge | Unasked) or _unreadable(error) else Transient(what)


def _not_sent(error: Exception, origin: str) -> ConnectorError:
    if _forbidden(error):
        return Refused(getattr(error, "strerror", None) or f"{origin} is at an address that is not allowed")
    if isinstance(error, _CONNECTING):
        return counted(Transient(f"could not connect to {origin}: {_cause(error)}; nothing was sent"), 0)
    return Transient(f"the request to {origin} could not be sent whole: {_cause(error)}")


def _forbidden(error: Exception) -> bool:
    """The guard's "no" at connect. OpenSSL's errors carry the same number with another meaning."""
    return (
        isinstance(error, aiohttp.ClientConnectorError)
        and not isinstance(error, aiohttp.ClientSSLError)
        and error.errno == errno.EPERM
    )


def _unreadable(error: Exception) -> bool:
    """What came cannot be read, as against what did not come."""
    cause = error.__cause__
    malformed = isinstance(cause, BadHttpMessage) and not isinstance(cause, PayloadEncodingError)
    return isinstance(error, aiohttp.ClientResponseError) or malformed or isinstance(cause, ContentEncodingError)


def _cause(error: Exception) -> str:
    """Why, in the system's words without addresses: "connection refused"."""
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "its name was not found"
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        inner = error.certificate_error
        return f"its certificate is not valid ({getattr(inner, 'verify_message', '') or 'refused'})"
    if isinstance(error, (aiohttp.ClientSSLError, ssl.SSLError)):
        return "the TLS handshake failed"
    if isinstance(error, TimeoutError):
        return "time ran out"
    code = getattr(error, "errno", None)
    return _WORDS.get(code, "the connection broke") if isinstance(code, int) else "the connection broke"


_WORDS = {
    errno.ECONNREFUSED: "connection refused",
    errno.ECONNRESET: "connection reset",
    errno.EHOSTUNREACH: "no route to the host",
    errno.ENETUNREACH: "no route to the network",
    errno.ETIMEDOUT: "time ran out",
    errno.EADDRNOTAVAIL: "no route to the address",
}
