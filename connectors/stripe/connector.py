"""The Stripe connector: which events it understands, what it writes, and how it is checked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from connectors.errors import ConnectorError, NotSupported, counted
from connectors.interface import Connector
from connectors.messages import (
    Effect,
    Event,
    Health,
    Operation,
    OperationSpec,
    Page,
    Question,
    Receipt,
    Record,
    Request,
    StreamSpec,
)
from connectors.stripe import customers, events
from connectors.stripe.api import Api

DAY = 86_400.0


class Stripe(Connector):
    """Stripe, by one secret key.

    Settings: ``api_version`` (sent as ``Stripe-Version``; the webhook endpoint's own, so that events and
    answers have one shape) and ``honours_idempotency_key`` (false only for localstripe). Secret: ``api_key``.
    """

    kind: ClassVar[str] = "stripe"
    title: ClassVar[str] = "Stripe"
    proven_against: ClassVar[str] = "localstripe 1.15.10 and stripe-python 16.1 (signatures)"
    secret_names: ClassVar[tuple[str, ...]] = ("api_key",)
    streams: ClassVar[tuple[StreamSpec, ...]] = (
        StreamSpec(
            name="customer",
            key="id",
            fields=("id", "name", "email", "phone", "description", "address", "metadata", "created", "balance"),
            summary="All customers, each pass anew: Stripe tells no time of change",
            found_by=customers.MATCHES,
        ),
    )
    operations: ClassVar[tuple[OperationSpec, ...]] = (
        OperationSpec(
            name="customer.upsert",
            effect=Effect.KEYED,
            resource="customer",
            key_lifetime=DAY,
            summary="Make a customer or bring it up to date, found by id, foreign id or e-mail",
        ),
    )
    #: Lists of other objects inside the customer, which have events of their own, and the invoice counter.
    volatile: ClassVar[Mapping[str, frozenset[str]]] = {
        "customer": frozenset({"sources", "subscriptions", "tax_ids", "next_invoice_sequence"})
    }

    @classmethod
    def operation_for(cls, name: str, settings: Mapping[str, Any]) -> OperationSpec:
        """A system that ignores the key has the same operation, but repeating it is unsafe."""
        spec = cls.operation(name)
        return spec if _honours_key(settings) else replace(spec, effect=Effect.UNSAFE, key_lifetime=None)

    async def check(self) -> Health:
        """Read one customer: what the connector needs, and all that a restricted key must allow."""
        try:
            response = await Api(self.context).get(customers.PATH, [("limit", "1")])
        except ConnectorError as error:
            return Health(ok=False, detail=error.reason)
        return Health(ok=True, detail="customers can be read", version=response.headers.get("stripe-version", ""))

    def read(self, stream: str, cursor: Mapping[str, Any]) -> AsyncIterator[Page]:
        """All customers; see :func:`connectors.stripe.customers.pages` for the cursor."""
        if stream != "customer":
            raise NotSupported(f"{self.title} has no stream {stream!r}; it has customer")
        size = int(self.context.settings.get("page_size", customers.PAGE_SIZE))
        return customers.pages(Api(self.context), cursor, size=size)

    async def find(self, question: Question) -> Record | None:
        """One customer, by id, foreign id or e-mail."""
        self.check_question(question.stream, question.by, self.context.settings)
        honours_key = _honours_key(self.context.settings)
        return await customers.one(Api(self.context), question.by or "id", question.key, honours_key=honours_key)

    async def write(self, operations: Sequence[Operation]) -> list[Receipt | ConnectorError]:
        """One after the other."""
        return [await self._write(operation) for operation in operations]

    async def _write(self, operation: Operation) -> Receipt | ConnectorError:
        try:
            self.operation(operation.name)
            api = Api(self.context)
        except ConnectorError as error:
            return counted(error, 0)
        try:
            return await customers.upsert(api, operation, honours_key=_honours_key(self.context.settings))
        except ConnectorError as error:
            return counted(error, api.writes.sent)

    @classmethod
    def parse(cls, request: Request) -> tuple[Event, ...]:
        """The event of a webhook whose signature (scheme ``stripe``) has been verified."""
        return events.parse(request)


def _honours_key(settings: Mapping[str, Any]) -> bool:
    return settings.get("honours_idempotency_key", True) is not False


CONNECTOR = Stripe
