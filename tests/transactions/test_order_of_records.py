"""Records that a sync read keep their order, whichever worker has which of them in hand."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction

from controlplane.foundation import clock
from controlplane.foundation.database import connect_async
from controlplane.transactions.accept import AcceptedRecord, accept_records
from controlplane.transactions.models import Inbox
from controlplane.transactions.pipeline import processing
from controlplane.transactions.pipeline.catalogue import catalogue
from tests.transactions import carrying
from tests.transactions.conftest import paid
from tests.transactions.factories import RECORD
from tests.transactions.memory import Target
from tests.transactions.quick import LEDGER, QuickStory, tell

pytestmark = pytest.mark.django_db(transaction=True)


def read(story: QuickStory, *numbers: int) -> list[UUID]:
    """Paid invoices of one customer, read by a sync in this order."""
    records = [
        AcceptedRecord(
            "invoice.paid",
            "invoice",
            f"in_{number}",
            {**RECORD, "id": f"in_{number}", "number": f"INV-{number:04}"},
        )
        for number in numbers
    ]
    estate = story.estate
    with transaction.atomic():
        return accept_records(records, run_id=1, integration_id=estate.integration.pk, interface_id=estate.interface.pk)


def process_while_another_has_the_first() -> None:
    """A worker takes one row and is slow with it; meanwhile another one processes and delivers the rest."""

    async def run() -> None:
        async with await connect_async() as slow:
            taken: list[int] = []
            judge_all = processing._judge_all

            async def judged_late(*given: object) -> object:
                if not taken:
                    taken.append(await carrying.process_async())
                    assert await carrying.deliver_async() == 0
                return await judge_all(*given)  # type: ignore[arg-type]

            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(processing, "_judge_all", judged_late)
                assert await processing.process_batch(slow, catalogue, batch=1) == 1

    catalogue.forget()
    asyncio.run(run())


def test_a_record_does_not_overtake_an_earlier_one_of_its_order_that_another_worker_is_processing(
    target: Target,
) -> None:
    story = tell(target, steps=[LEDGER], ordering="event.customer.id")
    read(story, 1, 2)
    process_while_another_has_the_first()
    assert story.numbers == []
    carrying.let_time_pass()
    carrying.deliver()
    assert story.numbers == ["INV-0001", "INV-0002"]


def test_a_webhook_does_not_wait_for_the_records_of_a_sync(target: Target) -> None:
    story = tell(target, steps=[LEDGER], ordering="event.customer.id")
    read(story, 1)
    Inbox.objects.update(due_at=clock.now() + timedelta(minutes=1))
    story.send(paid(2))
    carrying.carry()
    assert story.numbers == ["INV-0002"]
