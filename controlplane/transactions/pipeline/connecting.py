"""Connectors made ready: kept for as long as their configuration holds, credentials resolved at the moment of use.

A vault that does not answer costs only those whose secrets it has. Secrets are looked up in threads of their own, once
for all calls to a destination, and a vault that was just away is not asked again at once.
"""

from __future__ import annotations

import asyncio
import math
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from connectors.interface import Connector, Context
from connectors.messages import Secret
from connectors.transport import Transport
from controlplane.credentials import providers
from controlplane.credentials.masking import Mask
from controlplane.transactions.pipeline.catalogue import KnownDestination

#: A connector is made anew this often, so that a rotated secret is taken up without a refusal.
KEEP_SECONDS = 60.0
#: For so long nobody asks again for a secret that could not be had for now.
REST_SECONDS = 3.0
#: So many destinations' secrets are looked up at the same time. Threads begin when they are needed: only as many
#: stand still as there are destinations whose vault does.
LOOK_UPS = 32

#: A connector, and what takes its secrets out of answers.
Ready = tuple[Connector, Mask]


@dataclass(slots=True)
class _Known:
    """What is known of one destination, or being found out; it holds ``until`` then (monotonic seconds)."""

    revision: tuple[Any, ...]
    made: asyncio.Task[Ready]
    until: float = math.inf

    def holds_for(self, destination: KnownDestination) -> bool:
        """Whether it need not be made anew."""
        return self.until > time.monotonic() and self.revision == destination.revision

    def ended(self, made: asyncio.Task[Ready]) -> None:
        """Say how long it holds; what failed for good is tried again by the next, who may come after the repair."""
        error = None if made.cancelled() else made.exception()
        if error is None:
            self.until = -math.inf if made.cancelled() else time.monotonic() + KEEP_SECONDS
        else:
            passing = isinstance(error, providers.SecretUnavailable) and error.passing
            self.until = time.monotonic() + REST_SECONDS if passing else -math.inf


class Connecting:
    """The connectors of one event loop, over one transport."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._threads = ThreadPoolExecutor(LOOK_UPS, thread_name_prefix="secrets")
        self._known: dict[int, _Known] = {}

    async def connector(self, destination: KnownDestination, seconds: float) -> Ready:
        """The destination's connector.

        Raises :class:`~controlplane.credentials.providers.SecretUnavailable` when a secret cannot be had, TimeoutError
        when it is not there within so many ``seconds``, and whatever the connector refuses its configuration with.
        """
        known = self._known.get(destination.id)
        if known is None or not known.holds_for(destination):
            known = self._known[destination.id] = self._find_out(destination)
        if known.made.done():
            return known.made.result()
        async with asyncio.timeout(seconds):
            # Others wait for the same: whoever gives up does so for itself.
            return await asyncio.shield(known.made)

    def forget(self, destination: KnownDestination) -> None:
        """Make it anew at the next call, with secrets that are asked for then."""
        self._known.pop(destination.id, None)
        for reference in destination.references.values():
            providers.forget(reference)

    def close(self) -> None:
        """Look nothing up any more; threads that wait for a vault come to their end by themselves."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _find_out(self, destination: KnownDestination) -> _Known:
        known = _Known(destination.revision, asyncio.create_task(self._make(destination)))
        known.made.add_done_callback(known.ended)
        return known

    async def _make(self, destination: KnownDestination) -> Ready:
        secrets = await self._secrets(destination)
        context = Context(
            base_url=destination.base_url,
            transport=self._transport,
            settings=destination.settings,
            secrets=secrets,
            deadline=destination.deadline,
        )
        return destination.connector(context), Mask(secrets.values())

    async def _secrets(self, destination: KnownDestination) -> dict[str, Secret]:
        if not destination.references:
            return {}
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, providers.resolve_all, destination.references)
