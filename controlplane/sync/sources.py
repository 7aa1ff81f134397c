"""Reading a source from ordinary code: one connector, its transport and an event loop, a page at a time.

Database work happens between two pages, in the same thread, while no event loop is running.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar, cast

from django.conf import settings

from connectors import interface
from connectors.errors import ConnectorError, NotSupported, Transient
from connectors.interface import Connector, Context
from connectors.messages import Page, Question, Record
from connectors.transport import Guard, Limits, Transport
from controlplane.credentials import providers
from controlplane.credentials.masking import Mask
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

    @property
    def looks_up(self) -> bool:
        """Whether :meth:`record` can be asked."""
        try:
            self._connector.check_question(self._stream, "", self._connector.context.settings)
        except NotSupported:
            return False
        return True

    def record(self, identifier: str) -> Record | None:
        """One record as it is now; None where there is none."""
        asked = self._connector.find(Question(self._stream, identifier))
        return self._runner.run(_in_time(asked, "the record did not come within {:g} seconds"))

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
    return await _in_time(anext(found, None), "no page came within {:g} seconds; smaller pages may help")


async def _in_time(answer: Awaitable[T], late: str) -> T:
    seconds = settings.LEASE_SECONDS * SHARE_OF_LEASE
    try:
        async with asyncio.timeout(seconds):
            return await answer
    except TimeoutError:
        raise Transient(late.format(seconds)) from None


async def _closed(aclose: Any) -> None:
    await aclose()


@contextmanager
def open_source(job: SyncJob) -> Iterator[OpenSource]:
    """The stream of a job, opened with its credential, resolved here and now (invariant 8).

    Raises ``SecretUnavailable`` or ``NotSupported``; connects only when the first page is asked for. What the
    source says while it is open, it says without our secrets.
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
        source = None
        try:
            source = OpenSource(connector(context), job.stream, runner)
            yield source
        except ConnectorError as error:
            mask = Mask(secrets.values())
            error.reason, error.detail = mask.text(error.reason), mask.text(error.detail)
            raise
        finally:
            if source is not None:
                source.close()
            runner.run(transport.aclose())


def forget_credential(job: SyncJob) -> None:
    """Drop cached values after a refusal: they may have been rotated."""
    for reference in job.credential.references.values() if job.credential else ():
        providers.forget(reference)
