"""Any sender that puts an HMAC of the body, and perhaps of a time and an id, into a header (RFC 2104).

The settings say how. ``template`` is what is signed: ``{body}`` alone, or ``{timestamp}.{body}`` and the like
with ``{id}``, ``{method}`` and ``{url}``; everything else in it stands for itself. The body must be in it.
"""

from __future__ import annotations

import base64
import hmac
import re
import secrets as random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from connectors.messages import Request, Secret
from connectors.signatures import checks
from connectors.signatures.scheme import Scheme, Settings, with_headers
from connectors.signatures.verdict import Reason, SignatureError, Verified

NAME = "hmac"
ALGORITHMS = ("sha256", "sha1", "sha384", "sha512")
ENCODINGS = ("hex", "base64", "base64url")
KEY_ENCODINGS: dict[str, Callable[[str], bytes | None]] = {
    "text": str.encode,
    "base64": checks.unbase64,
    "hex": checks.unhex,
}
TIMES: dict[str, Callable[[str], datetime]] = {
    "seconds": checks.unix_seconds,
    "milliseconds": checks.unix_milliseconds,
    "iso8601": checks.iso_time,
}
_FIELD = re.compile(r"\{([a-z]+)\}")
_FIELDS = frozenset({"body", "timestamp", "id", "method", "url"})
_SEVERAL_AT_MOST = 64


@dataclass(frozen=True, slots=True)
class _Form:
    """How one sender signs, read from the settings and found to make sense."""

    algorithm: str
    header: str
    encoding: str
    prefix: str
    separator: str
    template: str
    timestamp_header: str
    timestamp_format: str
    id_header: str
    key_encoding: str

    @classmethod
    def read(cls, settings: Settings) -> _Form:
        """The form; raises ``unsupported`` for settings that contradict themselves."""
        form = cls(
            algorithm=checks.choice(settings, "algorithm", ALGORITHMS, "sha256"),
            header=checks.text(settings, "header").lower(),
            encoding=checks.choice(settings, "encoding", ENCODINGS, "hex"),
            prefix=checks.text(settings, "prefix"),
            separator=checks.text(settings, "separator"),
            template=checks.text(settings, "template", "{body}"),
            timestamp_header=checks.text(settings, "timestamp_header").lower(),
            timestamp_format=checks.choice(settings, "timestamp_format", TIMES, "seconds"),
            id_header=checks.text(settings, "id_header").lower(),
            key_encoding=checks.choice(settings, "key_encoding", KEY_ENCODINGS, "text"),
        )
        if not form.makes_sense():
            raise SignatureError(Reason.UNSUPPORTED)
        return form

    def makes_sense(self) -> bool:
        """The body is signed; a time is signed exactly when there is a header for it."""
        fields = set(_FIELD.findall(self.template))
        return (
            bool(self.header)
            and fields <= _FIELDS
            and "body" in fields
            and ("timestamp" in fields) == bool(self.timestamp_header)
            and ("id" not in fields or bool(self.id_header))
        )

    def message(self, request: Request, timestamp: str, message_id: str) -> bytes:
        """The bytes that are signed: the template with its fields filled in."""
        values = {
            "body": request.body,
            "timestamp": timestamp.encode("utf-8", "replace"),
            "id": message_id.encode("utf-8", "replace"),
            "method": request.method.encode("utf-8", "replace"),
            "url": request.url.encode("utf-8", "replace"),
        }
        # split() with a group: literal, field, literal, field, … literal.
        pieces = _FIELD.split(self.template)
        return b"".join(
            values[piece] if place % 2 else piece.encode("utf-8", "replace") for place, piece in enumerate(pieces)
        )

    def key(self, secret: str) -> bytes | None:
        """The key's bytes; ``None`` when the secret is not in its encoding."""
        return KEY_ENCODINGS[self.key_encoding](secret)

    def encoded(self, digest: bytes) -> str:
        """A digest as the sender writes it."""
        if self.encoding == "hex":
            return digest.hex()
        return (base64.b64encode if self.encoding == "base64" else base64.urlsafe_b64encode)(digest).decode()

    def decoded(self, entry: str) -> bytes | None:
        """A digest as the sender wrote it; ``None`` for junk or another prefix."""
        entry = entry.strip()
        if not entry.startswith(self.prefix):
            return None
        digits = entry[len(self.prefix) :]
        if self.encoding == "hex":
            return checks.unhex(digits)
        return checks.unbase64(digits.replace("-", "+").replace("_", "/") if self.encoding == "base64url" else digits)


def verify(request: Request, secrets: Sequence[Secret], settings: Settings, now: datetime) -> Verified:
    """Verify by the settings."""
    form = _Form.read(settings)
    value = checks.header(request, form.header)
    entries = value.split(form.separator)[:_SEVERAL_AT_MOST] if form.separator else [value]
    timestamp = checks.header(request, form.timestamp_header) if form.timestamp_header else ""
    signed_at = TIMES[form.timestamp_format](timestamp) if timestamp else None
    message_id = checks.sender_id(request, form.id_header) if form.id_header else ""
    message = form.message(request, timestamp, message_id)
    index = checks.matching(
        checks.keys(secrets, form.key),
        [form.decoded(entry) for entry in entries],
        lambda key: hmac.digest(key, message, form.algorithm),
    )
    return Verified(NAME, index, message_id, checks.in_window(signed_at, now, settings) if signed_at else None)


def sign(request: Request, secret: Secret, settings: Settings, now: datetime) -> Request:
    """Sign by the settings; an id header that the request lacks gets a new id."""
    form = _Form.read(settings)
    ((_, key),) = checks.keys([secret], form.key)
    timestamp = _written(now, form.timestamp_format) if form.timestamp_header else ""
    message_id = request.headers.get(form.id_header) or f"msg_{random.token_urlsafe(16)}" if form.id_header else ""
    digest = hmac.digest(key, form.message(request, timestamp, message_id), form.algorithm)
    headers = {
        form.timestamp_header: timestamp,
        form.id_header: message_id,
        form.header: form.prefix + form.encoded(digest),
    }
    return with_headers(request, {name: value for name, value in headers.items() if name})


def _written(now: datetime, form: str) -> str:
    if form == "iso8601":
        return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(int(now.timestamp() * (1000 if form == "milliseconds" else 1)))


SCHEME = Scheme(
    NAME,
    "HMAC of the body",
    verify,
    sign,
    settings={
        "header": "the header that holds the signature; required",
        "algorithm": "sha256 (when not given), sha1, sha384 or sha512",
        "encoding": "hex (when not given), base64 or base64url",
        "prefix": "what stands before the digest, such as sha256=",
        "separator": "what stands between several signatures in the header; one signature when not given",
        "template": "what is signed; {body} when not given. Fields: {body} {timestamp} {id} {method} {url}",
        "timestamp_header": "the header that holds the signed time; required with {timestamp}",
        "timestamp_format": "seconds (when not given), milliseconds or iso8601",
        "id_header": "the header that holds the sender's id of the message; required with {id}",
        "key_encoding": "how the secret holds the key: text (when not given), base64 or hex",
        "tolerance": checks.TOLERANCE_MEANING,
    },
    replay_window=True,
)
