"""The checks that schemes are made of. Each raises ``SignatureError`` and nothing else.

Digests are compared as bytes in constant time (``hmac.compare_digest``), for every secret and every
signature in the header: an entry that cannot be read never stands before one that can.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

from connectors.messages import Request, Secret
from connectors.signatures.scheme import Settings
from connectors.signatures.verdict import Reason, SignatureError

LONGEST_HEADER = 16 * 1024
TOLERANCE = 300.0
LONGEST_TOLERANCE = 7 * 86_400.0
TOLERANCE_MEANING = "seconds that the signed time may be away from ours, both ways; 300 when not given"

_SECONDS = re.compile(r"[0-9]{1,11}", re.ASCII)
_MILLISECONDS = re.compile(r"[0-9]{1,14}", re.ASCII)
_SENDER_ID = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)


def header(request: Request, name: str) -> str:
    """The header's value. Raises ``missing`` without it and ``malformed`` for one that is huge."""
    value = request.headers.get(name, "").strip()
    if not value:
        raise SignatureError(Reason.MISSING)
    if len(value) > LONGEST_HEADER:
        raise SignatureError(Reason.MALFORMED)
    return value


def sender_id(request: Request, name: str) -> str:
    """The sender's id of the message in that header; "" without it."""
    value = request.headers.get(name, "").strip()
    if value and not _SENDER_ID.fullmatch(value):
        raise SignatureError(Reason.MALFORMED)
    return value


def keys(secrets: Sequence[Secret], decode: Callable[[str], bytes | None] = str.encode) -> list[tuple[int, bytes]]:
    """The usable keys with their places; an empty key would let everybody sign."""
    found = [(index, _decoded(secret, decode)) for index, secret in enumerate(secrets)]
    usable = [(index, key) for index, key in found if key]
    if not usable:
        raise SignatureError(Reason.NO_SECRET)
    return usable


def _decoded(secret: Secret, decode: Callable[[str], bytes | None]) -> bytes:
    try:
        return decode(secret.reveal()) or b""
    except UnicodeEncodeError:
        return b""


def matching(usable: list[tuple[int, bytes]], given: Iterable[bytes | None], *digests: Callable[[bytes], bytes]) -> int:
    """The place of the key one of whose digests is among ``given``.

    ``None`` in ``given`` is an unreadable entry; several ``digests`` are several spellings of what may have
    been signed. Raises ``malformed`` when no entry could be read and ``mismatch`` when none fits.
    """
    readable = [entry for entry in given if entry]
    if not readable:
        raise SignatureError(Reason.MALFORMED)
    for index, key in usable:
        expected = [digest(key) for digest in digests]
        # A list: every one is compared, without a short cut.
        if any([hmac.compare_digest(one, entry) for one in expected for entry in readable]):  # noqa: C419
            return index
    raise SignatureError(Reason.MISMATCH)


def in_window(signed_at: datetime, now: datetime, settings: Settings) -> datetime:
    """``signed_at`` when it is near enough to ``now``; else raises ``stale`` or ``future``."""
    tolerance = _tolerance(settings)
    age = (now - signed_at).total_seconds()
    if age > tolerance:
        raise SignatureError(Reason.STALE)
    if age < -tolerance:
        raise SignatureError(Reason.FUTURE)
    return signed_at


def _tolerance(settings: Settings) -> float:
    given = settings.get("tolerance", TOLERANCE)
    # Written so that NaN fails too.
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given <= LONGEST_TOLERANCE:
        raise SignatureError(Reason.UNSUPPORTED)
    return float(given)


def unix_seconds(raw: str) -> datetime:
    """A time in whole seconds since 1970; raises ``malformed``."""
    if not _SECONDS.fullmatch(raw):
        raise SignatureError(Reason.MALFORMED)
    return datetime.fromtimestamp(int(raw), UTC)


def unix_milliseconds(raw: str) -> datetime:
    """A time in whole milliseconds since 1970; raises ``malformed``."""
    if not _MILLISECONDS.fullmatch(raw):
        raise SignatureError(Reason.MALFORMED)
    return datetime.fromtimestamp(int(raw) / 1000, UTC)


def iso_time(raw: str) -> datetime:
    """A time as ISO 8601 with its offset (``2021-03-25T05:09:27Z``); raises ``malformed``."""
    try:
        moment = datetime.fromisoformat(raw)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise SignatureError(Reason.MALFORMED)


def unhex(text: str) -> bytes | None:
    """The bytes of hexadecimal digits; ``None`` for anything else."""
    if not text.isalnum():  # ``fromhex`` would let white space pass
        return None
    try:
        return bytes.fromhex(text)
    except ValueError:
        return None


def unbase64(text: str) -> bytes | None:
    """The bytes of strict base64, padded or not; ``None`` for anything else."""
    try:
        return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def to_base64(digest: bytes) -> str:
    """The text of a digest in base64."""
    return base64.b64encode(digest).decode()


def text(settings: Settings, name: str, default: str = "") -> str:
    """A setting that is a text; raises ``unsupported`` when it is something else."""
    value = settings.get(name, default)
    if not isinstance(value, str):
        raise SignatureError(Reason.UNSUPPORTED)
    return value


def texts(settings: Settings, name: str) -> list[str]:
    """A setting that is a list of texts; raises ``unsupported`` when it is something else."""
    value = settings.get(name, ())
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise SignatureError(Reason.UNSUPPORTED)
    return list(value)


def choice(settings: Settings, name: str, allowed: Iterable[str], default: str) -> str:
    """A setting that is one of few words; raises ``unsupported`` when it is none of them."""
    value = text(settings, name, default)
    if value not in allowed:
        raise SignatureError(Reason.UNSUPPORTED)
    return value
