"""What every signature scheme offers: verify a request, and sign one as the sender would."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from connectors.messages import Request, Secret
from connectors.signatures.verdict import Verified

Settings = Mapping[str, Any]
Verifier = Callable[[Request, Sequence[Secret], Settings, datetime], Verified]
Signer = Callable[[Request, Secret, Settings, datetime], Request]


@dataclass(frozen=True, slots=True)
class Scheme:
    """One way of proving where a request came from.

    ``verify(request, secrets, settings, now)`` raises ``SignatureError`` and nothing else.
    ``sign(request, secret, settings, now)`` gives the same request as its sender would send it.
    ``settings`` are those that the scheme reads, with their meaning; ``replay_window`` says that the time
    is signed, so that an old request is refused by itself; ``keyless`` that it proves without a secret of ours.
    """

    name: str
    title: str
    verify: Verifier
    sign: Signer
    settings: Mapping[str, str]
    replay_window: bool
    keyless: bool = False


def with_headers(request: Request, headers: Mapping[str, str]) -> Request:
    """``request`` with these headers (lower-case names) besides its own."""
    return replace(request, headers={**request.headers, **headers})
