"""What verifying a webhook's signature ends in: who signed it, or one of few reasons why not."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime


class Reason(enum.StrEnum):
    """Why a request was not believed. Recorded for the owner; the sender never hears which it was."""

    MISSING = "missing"  # no signature where the scheme has one
    MALFORMED = "malformed"  # a signature, time or id that cannot be read
    MISMATCH = "mismatch"  # no secret of ours made this signature over these bytes
    STALE = "stale"  # rightly signed, too long ago
    FUTURE = "future"  # rightly signed, for a time still to come
    NO_SECRET = "no_secret"  # noqa: S105 — a reason; the endpoint has no usable secret
    UNTRUSTED_PROXY = "untrusted_proxy"  # a certificate header from a peer that may not set it
    ASYMMETRIC = "asymmetric"  # signed with a private key only, where the scheme checks shared ones
    UNSUPPORTED = "unsupported"  # no such scheme, or settings that it does not understand


class SignatureError(Exception):
    """A request that is not believed. ``status`` is 400 for what cannot be read, otherwise 401."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.status = 400 if reason is Reason.MALFORMED else 401


@dataclass(frozen=True, slots=True)
class Verified:
    """A believed request.

    ``secret_index`` says which of the given secrets (or certificates) matched, so that the last use of an
    old one is seen before it is withdrawn. ``sender_id`` is the sender's id of this message for
    de-duplication, "" where the scheme has none outside the body; ``signed_at`` the signed time, ``None``
    where the scheme signs none and a replay can only be told by its id.
    """

    scheme: str
    secret_index: int
    sender_id: str = ""
    signed_at: datetime | None = None
