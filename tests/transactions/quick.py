"""Stories against a target in memory: nothing listens anywhere, so that they are told in a moment."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from controlplane.inventory.models import Instance, System
from controlplane.people.access import Access
from controlplane.people.roles import Role
from controlplane.transactions.ingress.application import Ingress
from controlplane.transactions.pipeline.catalogue import catalogue
from tests.transactions import carrying
from tests.transactions.factories import Estate, an_access, deliver, estate
from tests.transactions.memory import KIND, Target

LEDGER = deliver("ledger", "billing-erp", "put", title="Post to the ledger", mapping={"number": "event.number"})
NOTIFY = deliver(
    "notify",
    "billing-notify",
    "put",
    title="Tell the notifier",
    needs=["ledger"],
    required=False,
    mapping={"number": "event.number"},
)


@dataclass
class QuickStory:
    """An estate whose destinations are all the one target in memory."""

    target: Target
    estate: Estate

    def send(self, *documents: Any) -> list[UUID]:
        """Send documents through the ingress, signed; their ids."""

        async def tell() -> list[UUID]:
            ingress = Ingress()
            sender = carrying.Sender(ingress, self.estate.endpoint.slug, self.estate.endpoint.scheme)
            try:
                return [(await sender.send(document)).id for document in documents]
            finally:
                await ingress.stop()

        return asyncio.run(tell())

    @cached_property
    def owner(self) -> Access:
        """Somebody who may do everything with it."""
        return an_access(Role.OWNER, self.estate.team)

    @property
    def numbers(self) -> list[str]:
        """The invoice numbers in the requests that came, in their order."""
        return [operation.body["number"] for operation in self.target.operations]


def tell(target: Target, steps: Sequence[Any] = (LEDGER, NOTIFY), **options: Any) -> QuickStory:
    """Make a story; ``options`` are those of ``estate``."""
    plain = {"erp_connector": KIND, "event_id": "event.id", "retry_delays": (5, 30)}
    made = estate(steps=list(steps), **{**plain, **options})
    in_memory, _ = System.objects.get_or_create(
        slug=KIND, defaults={"name": "Memory", "connector": KIND, "monogram": "Me"}
    )
    Instance.objects.filter(pk=made.notifier.pk).update(system=in_memory)
    catalogue.forget()
    return QuickStory(target, made)
