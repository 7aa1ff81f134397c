"""Invoices that wait for their customer to be known to the ERP, and other events that bring the customer."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

from connectors.messages import Receipt
from controlplane.foundation import clock
from controlplane.foundation.database import connect_async
from controlplane.foundation.ids import uuid7
from controlplane.inventory.models import EntityKind, Identity, IdentityAlias, Instance
from controlplane.transactions.ingress.application import Ingress
from controlplane.transactions.models import Attempt, Flow, Route, StepQueue
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.pipeline.sweeping import sweep
from controlplane.transactions.rules.states import Outcome, TransactionState
from tests.transactions import carrying
from tests.transactions.conftest import paid
from tests.transactions.factories import Estate, a_flow_version, deliver, estate
from tests.transactions.memory import Target

LEDGER = deliver(
    "ledger",
    "billing-erp",
    "put",
    needs=["customer"],
    mapping={"n": "event.number", "party": "steps.customer.external_id"},
)
#: Brings the customer to the ERP, which tells its own id for it.
BRING = deliver(
    "bring",
    "billing-erp",
    "put",
    mapping={"customer": "event.customer.id"},
    links=[{"kind": "customer", "key": "event.customer.id"}],
)
#: Amounts from here on are the ones that bring a customer.
BRINGS = 1_000_000


def identity(**more: Any) -> dict[str, Any]:
    """A step that waits until the event's customer is known to the ERP."""
    return {
        "name": "customer",
        "title": "Wait for the customer",
        "kind": "identity",
        "destination": "billing-erp",
        "of": "customer",
        "key": "event.customer.id",
    } | more


def waiting_estate(target: Target, *steps: dict[str, Any], **overrides: Any) -> Estate:
    """Invoices wait for their customer; an invoice of a very large amount brings it, in another flow."""
    billing = estate(
        steps=steps or (identity(), LEDGER),
        erp_connector="memory",
        event_id="event.id",
        condition=f"event.amount_minor < {BRINGS}",
        **overrides,
    )
    flow = Flow.objects.create(slug="billing-bring", name="Bring", integration=billing.integration)
    a_flow_version(flow, [BRING])
    condition = f"event.amount_minor >= {BRINGS}"
    Route.objects.create(flow=flow, event_type="invoice.paid.v1", condition=condition)
    target.receipt = Receipt(external_id="party-7", record={"id": 7}, status=200)
    return billing


def send(billing: Estate, *documents: Any) -> list[UUID]:
    """Send documents through the ingress; the ids of their transactions."""

    async def tell() -> list[UUID]:
        ingress = Ingress()
        sender = carrying.Sender(ingress, billing.endpoint.slug)
        try:
            return [(await sender.send(document)).id for document in documents]
        finally:
            await ingress.stop()

    return asyncio.run(tell())


def bring(billing: Estate, number: int = 900, customer: str = "cus_R7v2") -> None:
    """The event that brings a customer to the ERP, carried to its end."""
    send(billing, paid(number, amount_paid=BRINGS, customer=customer))
    carrying.carry()


def learn_by_hand(customer: str = "cus_R7v2", value: str = "party-7") -> None:
    """Somebody links the two by an import: nothing is woken by it."""
    kind = EntityKind.objects.get(slug="customer")
    known = Identity.objects.create(id=uuid7(), kind=kind)
    for slug, name in (("billing-payments", customer), ("billing-erp", value)):
        instance = Instance.objects.get(slug=slug)
        IdentityAlias.objects.create(
            identity=known, kind=kind, instance=instance, value=name, valid=(clock.now(), None)
        )


def written(target: Target) -> list[Any]:
    """What the invoices' flow wrote, in order."""
    return [operation.body for operation in target.operations if "n" in operation.body]


def tries(step_run_id: UUID) -> list[Outcome]:
    """The outcomes of a run's attempts, in order."""
    return [Outcome(one.outcome) for one in Attempt.objects.filter(step_run_id=step_run_id).order_by("number")]


def state(transaction_id: UUID) -> TransactionState:
    """A transaction's state, read anew."""
    return TransactionState(carrying.the(transaction_id).state)


def names(kind: str = "customer") -> list[tuple[str, str]]:
    """All live names of all identities, by instance."""
    live = IdentityAlias.objects.filter(kind__slug=kind, valid__upper_inf=True).order_by("instance__slug", "id")
    return list(live.values_list("instance__slug", "value"))


def sweep_once() -> int:
    """What the carrier does every half minute."""

    async def once() -> int:
        async with await connect_async() as own:
            return await sweep(own, catalogue)

    return asyncio.run(once())


def the_deadline_passes() -> None:
    """Every question's time is over."""
    past = clock.now() - timedelta(seconds=1)
    StepQueue.objects.filter(expires_at__isnull=False).update(expires_at=past)
    StepQueue.objects.filter(waits_for__isnull=False).update(due_at=past)
