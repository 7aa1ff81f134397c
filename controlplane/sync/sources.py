"""Reading a source from ordinary code: one connector, its transport and an event loop, a page at a time.

Database work happens between two pages, in the same thread, while no event loop is running.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar, cast

from django.conf import settings

from connectors import interface
from connectors.errors import Transient
from connectors.interface import Connector, Context
from connectors.messages import Page
from connectors.transport import Guard, Limits, Transport
from controlplane.credentials import providers
from controlplane.sync.models import SyncJob

T = TypeVar("T")

#: A page must be here in this share of the lease that covers it: the rest is for saving it.
SHARE_OF_LEASE = 0.75


class ListsIds(Protocol):
    """What a connector adds that can list the ids of a stream without reading its records."""

    def identifiers(self, stream: str) -> AsyncIterator[tuple[str, ...]]:
        """All ids, in batches of any size."""


class OpenSource:
    """A stream that is being read. Every method may raise a ``ConnectorError``."""

    def __init__(self, connector: Connector, stream: str, runner: asyncio.Runner) -> None:
        self._connector = connector
        self._stream = stream
        self._runner = runner
        self._open: list[AsyncIterator[Any]] = []

    @property
    def volatile(self) -> frozenset[str]:
        """Fields of the stream that change without meaning."""
        return self._connector.volatile.get(self._stream, frozenset())

    @property
    def lists_ids(self) -> bool:
        """Whether :meth:`ids` can be asked."""
        return callable(getattr(self._connector, "identifiers", None))

    def pages(self, cursor: Mapping[str, Any]) -> Iterator[Page]:
        """The pages after ``cursor``, each fetched when it is asked for."""
        return self._stepwise(self._connector.read(self._stream, cursor))

    def ids(self) -> Iterator[tuple[str, ...]]:
        """All ids there are, in batches."""
        return self._stepwise(cast(ListsIds, self._connector).identifiers(self._stream))

    def _stepwise(self, found: AsyncIterator[T]) -> Iterator[T]:
        self._open.append(found)
        while (item := self._runner.run(_next(found))) is not None:
            yield item

    def close(self) -> None:
        """End what was read from halfway."""
        for found in self._open:
            if (aclose := getattr(found, "aclose", None)) is not None:
                self._runner.run(_closed(aclose))


async def _next(found: AsyncIterator[T]) -> T | None:
    seconds = settings.LEASE_SECONDS * SHARE_OF_LEASE
    try:
        async with asyncio.timeout(seconds):
            return await anext(found, None)
    except TimeoutError:
        raise Transient(f"no page came within {seconds:g} seconds; smaller pages may help") from None


async def _closed(aclose: Any) -> None:
    await aclose()


@contextmanager
def open_source(job: SyncJob) -> Iterator[OpenSource]:
    """The stream of a job, opened with its credential, resolved here and now (invariant 8).

    Raises ``SecretUnavailable`` or ``NotSupported``; connects only when the first page is asked for.
    """
    instance = job.interface.instance
    connector = interface.connector_class(instance.system.connector)
    secrets = providers.resolve_all(job.credential.references) if job.credential else {}
    with asyncio.Runner() as runner:
        transport = Transport(
            Guard(allowed_networks=settings.PRIVATE_NETWORKS), Limits(deadline=float(settings.CALL_DEADLINE))
        )
        context = Context(
            base_url=instance.base_url,
            transport=transport,
            settings={**instance.settings, "page_size": job.page_size},
            secrets=secrets,
            deadline=float(settings.CALL_DEADLINE),
        )
        source = OpenSource(connector(context), job.stream, runner)
        try:
            yield source
        finally:
            source.close()
            runner.run(transport.aclose())


def forget_credential(job: SyncJob) -> None:
    """Drop cached values after a refusal: they may have been rotated."""
    for reference in job.credential.references.values() if job.credential else ():
        providers.forget(reference)
