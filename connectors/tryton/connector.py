"""The Tryton connector: what it reads, what it writes, and how it is checked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any, ClassVar

from connectors.errors import ConnectorError, NotSupported, counted
from connectors.interface import Connector
from connectors.messages import (
    Effect,
    Health,
    Operation,
    OperationSpec,
    Page,
    Question,
    Receipt,
    Record,
    StreamSpec,
)
from connectors.tryton import finding, parties, reading, sales
from connectors.tryton.resources import RESOURCES, Resource
from connectors.tryton.rpc import Rpc

Writer = Callable[[Rpc, Operation], Awaitable[Receipt]]
_WRITERS: Mapping[str, Writer] = {"party.upsert": parties.upsert, "sale.create": sales.create}


class Tryton(Connector):
    """One Tryton database, as one user.

    Settings: ``database`` and ``user``. Secret: ``password``. The user should be the connector's own: its
    writes are told from people's by it, and its rights are what the connector may do.
    """

    kind: ClassVar[str] = "tryton"
    title: ClassVar[str] = "Tryton"
    proven_against: ClassVar[str] = "trytond 8.2.1 (party, sale, account_invoice)"
    secret_names: ClassVar[tuple[str, ...]] = ("password",)
    streams: ClassVar[tuple[StreamSpec, ...]] = tuple(resource.spec for resource in RESOURCES.values())
    operations: ClassVar[tuple[OperationSpec, ...]] = (
        OperationSpec(
            name="party.upsert",
            effect=Effect.UNSAFE,
            resource="party",
            summary="Make a party or bring it up to date, found by code, identifier or id",
        ),
        OperationSpec(
            name="sale.create",
            effect=Effect.UNSAFE,
            resource="sale",
            summary="Draft a sale under a reference that no other sale has",
        ),
    )
    volatile: ClassVar[Mapping[str, frozenset[str]]] = {name: frozenset({"write_date"}) for name in RESOURCES}

    async def check(self) -> Health:
        """Log in, and see that parties can be read."""
        try:
            rpc = Rpc(self.context)
            series = await rpc.series()
            await rpc.read("party.party.search", [], 0, 1, None)
        except ConnectorError as error:
            return Health(ok=False, detail=error.reason)
        return Health(ok=True, detail="logged in; parties can be read", version=series)

    def read(self, stream: str, cursor: Mapping[str, Any]) -> AsyncIterator[Page]:
        """One window of changes; see :mod:`connectors.tryton.window` for the cursor."""
        size = int(self.context.settings.get("page_size", reading.PAGE_SIZE))
        return reading.pages(Rpc(self.context), self._resource(stream), cursor, self.context.now, size=size)

    def identifiers(self, stream: str) -> AsyncIterator[tuple[str, ...]]:
        """The ids of all records of a stream, for the sweep that finds deletions."""
        return reading.identifiers(Rpc(self.context), self._resource(stream))

    async def find(self, question: Question) -> Record | None:
        """One party or sale, archived or cancelled ones too."""
        self.check_question(question.stream, question.by, self.context.settings)
        return await finding.one(Rpc(self.context), self._resource(question.stream), question)

    async def write(self, operations: Sequence[Operation]) -> list[Receipt | ConnectorError]:
        """One after the other; each looks for its record before it writes."""
        return [await self._write(operation) for operation in operations]

    async def _write(self, operation: Operation) -> Receipt | ConnectorError:
        try:
            self.operation(operation.name)
            rpc = Rpc(self.context)
        except ConnectorError as error:
            return counted(error, 0)
        try:
            return await _WRITERS[operation.name](rpc, operation)
        except ConnectorError as error:
            return counted(error, rpc.writes.sent)

    def _resource(self, stream: str) -> Resource:
        if stream not in RESOURCES:
            raise NotSupported(f"{self.title} has no stream {stream!r}; it has {', '.join(RESOURCES)}")
        return RESOURCES[stream]


CONNECTOR = Tryton
