"""Records anew what the connectors' tests replay: ``python -m tests.peers.record``, with real peers.

Run it when a peer's version or a connector's requests change, and read the difference before it is
committed: it is what changed at the other side.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from connectors.interface import Context
from connectors.messages import Operation, Secret
from connectors.stripe.connector import Stripe
from connectors.tryton import sessions
from tests.peers import scenarios
from tests.peers.installing import version_of
from tests.peers.receiver import Receiver
from tests.peers.recording import RecordingTransport, save
from tests.peers.rig import Localstripe, Tryton

CONNECTORS = Path(__file__).parent.parent.parent / "connectors"
HOW = "python -m tests.peers.record"
SECRET = "whsec_recorded"


async def record_tryton(erp: Tryton) -> None:
    """One file a scenario, in order: later ones build on the records of earlier ones."""
    for name, scenario in scenarios.TRYTON.items():
        sessions._kept.clear()
        await _record("tryton", f"trytond {version_of('tryton', 'trytond')}", name, _tryton_play(erp, scenario))


def _tryton_play(erp: Tryton, scenario: scenarios.TrytonScenario) -> Callable[[RecordingTransport], Awaitable[None]]:
    async def play(transport: RecordingTransport) -> None:
        context = Context(
            erp.base_url, transport, {"database": erp.database, "user": erp.user}, {"password": Secret(erp.password)}
        )
        await scenario(context, erp)

    return play


async def record_stripe(billing: Localstripe) -> None:
    """Its calls."""
    for name, operations in scenarios.STRIPE.items():

        async def play(transport: RecordingTransport, operations: list[Operation] = operations) -> None:
            settings = {"honours_idempotency_key": False}
            context = Context(billing.base_url, transport, settings, {"api_key": Secret(billing.api_key)})
            await Stripe(context).write(operations)

        await _record("stripe", _localstripe(), name, play)


async def _record(kind: str, software: str, name: str, play: Callable[[RecordingTransport], Awaitable[None]]) -> None:
    exchanges: list[dict[str, Any]] = []
    async with RecordingTransport(exchanges) as transport:
        await play(transport)
    save(CONNECTORS / kind / "exchanges" / f"{name}.json", software, HOW, {"scenario": name, "exchanges": exchanges})


def record_webhooks(billing: Localstripe) -> None:
    """One file for each webhook of a paid invoice, exactly as it came: the signature is over these bytes."""
    with Receiver() as receiver:
        billing.register_webhook("recorder", receiver.url, SECRET)
        customer = billing.customer(name="Ada Lovelace", email="ada@example.com", metadata={"erp": "C-1042"})
        billing.paid_invoice(customer, amount=12_500)
        came = receiver.wait_for("invoice.payment_succeeded", "customer.subscription.created")
    for webhook in came:
        request = {"method": "POST", "url": receiver.url, "headers": webhook.headers, "body": webhook.body.decode()}
        path = CONNECTORS / "stripe" / "recorded" / f"{webhook.event['type']}.json"
        save(path, _localstripe(), f"{HOW}: an invoice was paid", {"secret": SECRET, "request": request})


def _localstripe() -> str:
    return f"localstripe {version_of('localstripe', 'localstripe')}"


def main() -> None:
    """Both peers, all scenarios."""
    with Tryton() as erp:
        asyncio.run(record_tryton(erp))
    with Localstripe() as billing:
        record_webhooks(billing)
        asyncio.run(record_stripe(billing))


if __name__ == "__main__":
    main()
