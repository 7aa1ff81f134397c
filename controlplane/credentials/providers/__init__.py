"""Where secrets are: one provider a scheme. A value lives in the process that uses it, for moments.

Resolved values are cached by reference for ``CACHE_SECONDS`` so that the hot path does not ask the
vault for each event; a provider that is away is an error that says so, never an empty secret.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

from connectors.messages import Secret
from controlplane.credentials.providers import environment, files, vault
from controlplane.credentials.providers.errors import SecretUnavailable
from controlplane.credentials.references import Reference, parse
from controlplane.foundation.errors import Invalid

__all__ = ["SecretUnavailable", "ask", "forget", "resolve", "resolve_all"]

CACHE_SECONDS = 60.0
PROVIDERS: Mapping[str, Callable[[Reference], Secret]] = {
    "env": environment.read,
    "file": files.read,
    "vault": vault.read,
}


class Cache:
    """What was resolved lately, by reference."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[float, Secret]] = {}
        self._forgotten = 0
        self._lock = threading.Lock()

    def find(self, text: str) -> tuple[Secret | None, int]:
        """The secret, if it is fresh, and a mark to hand to :meth:`keep` with one that is asked for now."""
        with self._lock:
            until, secret = self._kept.get(text, (0.0, None))
            if until <= time.monotonic():
                self._kept.pop(text, None)
                secret = None
            return secret, self._forgotten

    def keep(self, text: str, secret: Secret, mark: int) -> None:
        """Keep it, unless something was forgotten since: the provider may have answered before the rotation."""
        with self._lock:
            if mark == self._forgotten:
                self._kept[text] = (time.monotonic() + CACHE_SECONDS, secret)

    def forget(self, text: str | None) -> None:
        """Drop one, or all."""
        with self._lock:
            self._forgotten += 1
            if text is None:
                self._kept.clear()
            else:
                self._kept.pop(text, None)


_cache = Cache()


def resolve(text: str) -> Secret:
    """The secret behind a reference; raises :class:`SecretUnavailable` that names the reference."""
    found, mark = _cache.find(text)
    return _asked(text, mark) if found is None else found


def ask(text: str) -> Secret:
    """The same, asked for now: for who keeps it for moments too, since two who keep it believe it for twice as long."""
    return _asked(text, _cache.find(text)[1])


def resolve_all(references: Mapping[str, str]) -> dict[str, Secret]:
    """Each named reference, resolved."""
    return {name: resolve(text) for name, text in references.items()}


def forget(text: str | None = None) -> None:
    """Drop a cached value (after a refusal: it may have been rotated), or all."""
    _cache.forget(text)


def _asked(text: str, mark: int) -> Secret:
    reference = _parsed(text)
    found = PROVIDERS[reference.scheme](reference)
    _cache.keep(text, found, mark)
    return found


def _parsed(text: str) -> Reference:
    try:
        return parse(text)
    except Invalid as error:
        # What is no reference may be the secret itself: it is not named.
        raise SecretUnavailable("A credential that is no reference", error.detail, passing=False) from None
