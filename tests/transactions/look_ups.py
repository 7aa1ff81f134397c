"""Steps that look the event's customer up at the notifier, and what was asked there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from controlplane.foundation import clock
from controlplane.foundation.database import connect_async
from controlplane.transactions.models import Attempt, StepQueue
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.pipeline.sweeping import sweep
from controlplane.transactions.rules.states import Outcome
from tests.transactions import carrying
from tests.transactions.conftest import Story
from tests.transactions.factories import deliver

Tell = Callable[..., Story]

CUSTOMER = {"id": 7, "name": "Brandt", "address": {"city": "Lyon", "street": "Rue 1"}, "secret_note": "never kept"}
LEDGER = deliver(
    "ledger",
    "billing-erp",
    "send",
    needs=["customer"],
    mapping={"n": "event.number", "city": "steps.customer.address.city"},
)


def look_up(**more: Any) -> dict[str, Any]:
    """A step that looks the event's customer up at the notifier."""
    return {
        "name": "customer",
        "title": "Look the customer up",
        "kind": "lookup",
        "destination": "billing-notify",
        "stream": "customer",
        "key": "event.customer.id",
        "keep": ["name", "address.city"],
    } | more


def story_that_asks(tell_story: Tell, step: dict[str, Any], *more: dict[str, Any], **overrides: Any) -> Story:
    """A story whose notifier can be asked for customers."""
    story = tell_story(steps=[step, *(more or (LEDGER,))], **overrides)
    story.estate.notifier.settings = {"look_ups": {"customer": "/customers/{key}"}}
    story.estate.notifier.save()
    story.receiver.answer("/customers/cus_R7v2", json=CUSTOMER)
    return story


def asked(story: Story) -> list[str]:
    """The paths that were asked, in order."""
    return [received.path for received in story.receiver.received if received.method == "GET"]


def tries(step_run_id: UUID) -> list[tuple[Outcome, int, str]]:
    """The attempts of a run: outcome, calls that could write, detail."""
    found = Attempt.objects.filter(step_run_id=step_run_id).order_by("number")
    return [(Outcome(one.outcome), one.calls, one.detail) for one in found]


def sweep_once() -> int:
    """What the carrier does every half minute."""

    async def once() -> int:
        async with await connect_async() as own:
            return await sweep(own, catalogue)

    return asyncio.run(once())


def the_deadline_passes() -> None:
    """Every question's time is over, and whatever waits for its time is due."""
    StepQueue.objects.filter(expires_at__isnull=False).update(expires_at=clock.now() - timedelta(seconds=1))
    carrying.let_time_pass()
