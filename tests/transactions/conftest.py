"""What the tests of the traffic share: a receiver on loopback, and a story told against it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from controlplane.foundation import clock, partitions
from controlplane.people.access import Access
from controlplane.people.roles import Role
from controlplane.transactions import upkeep
from controlplane.transactions.ingress.application import Ingress
from tests.connectors.stub import Stub
from tests.transactions import carrying
from tests.transactions.factories import RECORD, Estate, an_access, deliver, estate
from tests.transactions.memory import Target, install
from tests.transactions.traffic import weeks_of_the_story

#: Days after which the hour's work is done once more.
Later = Callable[[int], None]

#: The ledger must be told; the notifier may be.
STEPS = [
    deliver("ledger", "billing-erp", "send", title="Post to the ledger", mapping={"number": "event.number"}),
    deliver(
        "notify",
        "billing-notify",
        "send",
        title="Tell the notifier",
        needs=["ledger"],
        required=False,
        mapping={"text": "'Paid: ' + event.number", "ledger": "steps.ledger.status"},
    ),
]


@pytest.fixture
def receiver() -> Iterator[Stub]:
    """A stub server in a thread of its own, so that tests can be plain functions."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="receiver", daemon=True)
    thread.start()
    server = Stub()
    asyncio.run_coroutine_threadsafe(server.start(), loop).result()
    yield server
    asyncio.run_coroutine_threadsafe(server.stop(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def here() -> Estate:
    """An estate, and the weeks that ``traffic`` tells of."""
    weeks_of_the_story()
    return estate()


@pytest.fixture
def support(here: Estate) -> Access:
    """Support of the estate's team."""
    return an_access(Role.SUPPORT, here.team)


@dataclass
class Story:
    """An estate whose ledger and notifier are two paths of one receiver."""

    receiver: Stub
    estate: Estate

    def send(self, *documents: Any, **headers: str) -> list[carrying.Answered]:
        """Send documents through the ingress, signed, one after the other."""

        async def tell() -> list[carrying.Answered]:
            ingress = Ingress()
            sender = carrying.Sender(ingress, self.estate.endpoint.slug, self.estate.endpoint.scheme)
            try:
                return [await sender.send(document, headers=headers) for document in documents]
            finally:
                await ingress.stop()

        return asyncio.run(tell())

    def bodies(self, path: str) -> list[Any]:
        """What arrived at ``/ledger`` or ``/notify``, in order."""
        return [received.json() for received in list(self.receiver.received) if received.path == path]


@pytest.fixture
def tell_story(receiver: Stub, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Story]:
    """Make a story; arguments are those of ``estate``."""
    settings.PRIVATE_NETWORKS = ["127.0.0.0/8"]
    monkeypatch.setenv("BILLING_WEBHOOK_SECRET", carrying.SECRET)
    monkeypatch.setenv("BILLING_ERP_PASSWORD", "not-used")

    def tell(**overrides: Any) -> Story:
        options: dict[str, Any] = {
            "steps": STEPS,
            "erp_connector": "webhook",
            "erp_url": f"{receiver.url}/ledger",
            "notify_url": f"{receiver.url}/notify",
            "event_id": "event.id",
            "retry_delays": (5, 30),
        }
        receiver.answer("/ledger", json={"ok": True})
        receiver.answer("/notify", json={"ok": True})
        return Story(receiver, estate(**{**options, **overrides}))

    return tell


@pytest.fixture
def target(monkeypatch: pytest.MonkeyPatch) -> Target:
    """A target in memory, behind every system of the kind ``memory``."""
    monkeypatch.setenv("BILLING_WEBHOOK_SECRET", carrying.SECRET)
    monkeypatch.setenv("BILLING_ERP_PASSWORD", "not-used")
    return install(monkeypatch)


def paid(number: int = 1, **record: Any) -> dict[str, Any]:
    """The event of a paid invoice, as Stripe sends it."""
    return {
        "id": f"evt_{number}",
        "object": "event",
        "type": "invoice.paid",
        "created": 1_790_000_000 + number,
        "data": {"object": {**RECORD, "id": f"in_{number}", "number": f"INV-{number:04}", **record}},
    }


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Iterator[Later]:
    """The hourly work as so many days from now; then it is today again, with this week's tables."""

    def after_days(days: int) -> None:
        with monkeypatch.context() as then:
            then.setattr(clock, "now", lambda: datetime.now(UTC) + timedelta(days=days))
            upkeep.keep_retention()
        partitions.ensure(list(partitions.PARTITIONED), start=clock.now(), weeks=1)

    yield after_days
    partitions.ensure(list(partitions.PARTITIONED), start=clock.now() - partitions.WEEK, weeks=upkeep.WEEKS_AHEAD + 2)
