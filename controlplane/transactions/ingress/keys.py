"""The keys that prove signatures, kept for moments (invariant 8) and fetched once for everybody who waits.

A key that cannot be had is our trouble, not the sender's: it is told apart from a signature that is wrong.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from connectors.messages import Secret
from controlplane.credentials import providers
from controlplane.foundation.errors import Invalid
from controlplane.foundation.logs import logger

log = logger(__name__)

#: From then on, the next request has them fetched anew, behind its back …
RENEW_SECONDS = 20.0
#: … and from then on requests wait for that.
KEEP_SECONDS = 30.0
#: So long is it before a provider that failed is asked again.
PAUSE_SECONDS = 2.0
#: So many endpoints' keys are fetched at the same time. Threads begin when they are needed: only as many stand still as
#: there are endpoints whose vault does, and nobody else's work is done by them.
FETCHES = 32

References = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Keys:
    """Secrets, newest first. ``missing``: there is another that may come back, and may be the one that signed."""

    secrets: tuple[Secret, ...]
    missing: bool
    renew_at: float
    until: float


class KeyRing:
    """The keys of this process, by their references. A vault that hangs costs only those whose keys it has."""

    def __init__(self) -> None:
        self._threads: ThreadPoolExecutor | None = None
        self._kept: dict[References, Keys] = {}
        self._asking: dict[References, asyncio.Task[Keys]] = {}

    def kept(self, references: References) -> Keys | None:
        """The keys behind ``references``, where they are fresh."""
        kept = self._kept.get(references)
        return kept if kept is not None and kept.renew_at > time.monotonic() else None

    async def of(self, references: References) -> Keys:
        """The keys behind ``references``; never an exception."""
        now = time.monotonic()
        kept = self._kept.get(references)
        if kept is None or kept.until <= now:
            return await asyncio.shield(self._ask(references))
        if kept.renew_at <= now:
            self._ask(references)
        return kept

    def keep_only(self, wanted: Collection[References]) -> None:
        """Forget the keys of endpoints that are gone."""
        for references in self._kept.keys() - set(wanted):
            del self._kept[references]

    def close(self) -> None:
        """Fetch nothing any more; threads that wait for a vault come to their end by themselves."""
        threads, self._threads = self._threads, None
        if threads is not None:
            threads.shutdown(wait=False, cancel_futures=True)

    def _ask(self, references: References) -> asyncio.Task[Keys]:
        """The one fetching of ``references`` that is under way."""
        task = self._asking.get(references)
        if task is None:
            task = self._asking[references] = asyncio.create_task(self._fetch(references))
            task.add_done_callback(lambda _: self._asking.pop(references, None))
        return task

    async def _fetch(self, references: References) -> Keys:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(FETCHES, thread_name_prefix="ingress keys")
        loop = asyncio.get_running_loop()
        secrets, missing = await loop.run_in_executor(self._threads, _resolve_some, references)
        now = time.monotonic()
        keep, renew = (PAUSE_SECONDS, PAUSE_SECONDS) if missing else (KEEP_SECONDS, RENEW_SECONDS)
        keys = Keys(secrets, missing, now + renew, now + keep)
        self._kept[references] = keys
        return keys


def _resolve_some(references: Sequence[str]) -> tuple[tuple[Secret, ...], bool]:
    """Every secret that can be had, and whether one is missing that may come back."""
    found, missing = [], False
    for reference in references:
        try:
            found.append(providers.ask(reference))
        except providers.SecretUnavailable as error:
            missing = missing or error.passing
            log.warning("ingress.secret_unavailable", reference=reference, passing=error.passing)
        except Invalid:
            log.warning("ingress.secret_unavailable", reference="unreadable", passing=False)
        except Exception:
            # A provider's defect: whether the key exists is not known.
            missing = True
            log.exception("ingress.defect", stage="secrets")
    return tuple(found), missing
