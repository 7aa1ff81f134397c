"""Stripe's side: what localstripe signs we believe, and a customer is made once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import stripe

from connectors.errors import AuthFailed, ConnectorError, OutcomeUnknown, Rejected, Transient
from connectors.interface import Context
from connectors.messages import Operation, Receipt, Request, Secret
from connectors.signatures import SignatureError, verify
from connectors.stripe.connector import Stripe
from connectors.transport import Transport
from tests.peers.losing import LosesAnswers
from tests.peers.receiver import Receiver, Webhook
from tests.peers.rig import Localstripe

pytestmark = pytest.mark.peers
SECRET = "whsec_between_localstripe_and_us"


def connector(peer: Localstripe, transport: Transport, *, key: str | None = None) -> Stripe:
    """The connector, told what localstripe lacks."""
    secrets = {"api_key": Secret(key or peer.api_key)}
    return Stripe(Context(peer.base_url, transport, {"honours_idempotency_key": False}, secrets))


async def upsert(stripe_: Stripe, match: dict[str, str], key: str, *, takeover: bool = False, **values: Any) -> Any:
    operation = Operation("customer.upsert", {"match": match, "values": values}, key=key, takeover=takeover)
    return (await stripe_.write([operation]))[0]


def request_of(webhook: Webhook) -> Request:
    return Request("POST", "http://localhost/in/stripe", webhook.headers, webhook.body)


def test_every_webhook_of_a_paid_invoice_verifies_here_and_with_the_official_client(
    localstripe: Localstripe, receiver: Receiver
) -> None:
    localstripe.register_webhook("verify", receiver.url, SECRET)
    customer = localstripe.customer(name="Ada Lovelace", email="ada@example.com")
    localstripe.paid_invoice(customer, amount=4_200)
    came = receiver.wait_for("customer.created", "invoice.payment_succeeded", "customer.subscription.created")

    for webhook in came:
        request = request_of(webhook)
        assert verify("stripe", request, [Secret(SECRET)], {}, datetime.now(UTC)).scheme == "stripe"
        official = stripe.Webhook.construct_event(webhook.body, webhook.headers["stripe-signature"], SECRET)
        assert official.id == webhook.event["id"]
        with pytest.raises(SignatureError):
            verify("stripe", request, [Secret("whsec_other")], {}, datetime.now(UTC))


def about(webhook: Webhook, customer: str) -> bool:
    """Whether it is about this customer; others' webhooks may still be under way."""
    record = webhook.event["data"]["object"]
    return customer in (record["id"], record.get("customer"))


def test_the_whole_sequence_of_a_paid_invoice_is_understood(localstripe: Localstripe, receiver: Receiver) -> None:
    localstripe.register_webhook("sequence", receiver.url, SECRET)
    customer = localstripe.customer(name="Grace Hopper", email="grace@example.com")
    paid = localstripe.paid_invoice(customer, amount=7_777)
    came = receiver.wait_until(lambda all_: sum(about(one, customer["id"]) for one in all_) == 6)

    events = [
        event for webhook in came if about(webhook, customer["id"]) for event in Stripe.parse(request_of(webhook))
    ]

    assert len({event.id for event in events}) == 6
    by_type = {event.type: event for event in events}
    assert set(by_type) == {
        "customer.created",
        "customer.updated",
        "invoice.created",
        "payment_intent.succeeded",
        "invoice.payment_succeeded",
        "customer.subscription.created",
    }
    invoice = by_type["invoice.payment_succeeded"]
    assert (invoice.resource, invoice.external_id) == ("invoice", paid.id)
    assert (invoice.record["amount_paid"], invoice.record["currency"], invoice.record["status"]) == (
        7_777,
        "eur",
        "paid",
    )
    assert by_type["invoice.created"].external_id == paid.id
    assert by_type["customer.created"].external_id == customer["id"]
    assert all(event.version == int(event.occurred_at.timestamp()) * 1000 for event in events if event.occurred_at)


async def test_the_key_is_checked(localstripe: Localstripe, transport: Transport) -> None:
    assert (await connector(localstripe, transport).check()).ok is True
    assert (await connector(localstripe, transport, key="not-a-key").check()).ok is False
    result = await upsert(connector(localstripe, transport, key="not-a-key"), {"id": "cus_1"}, "k", name="x")
    assert type(result) is AuthFailed


async def test_a_customer_is_made_once_and_then_brought_up_to_date(
    localstripe: Localstripe, transport: Transport
) -> None:
    peer = connector(localstripe, transport)

    made = await upsert(peer, {"foreign_id": "C-1"}, "k-1", name="Ada", address={"city": "Ghent"})
    changed = await upsert(peer, {"foreign_id": "C-1"}, "k-2", name="Ada King")

    assert isinstance(made, Receipt)
    assert isinstance(changed, Receipt)
    assert made.external_id == changed.external_id
    stored = localstripe.api("GET", f"/v1/customers/{made.external_id}")
    assert stored == changed.record
    assert (stored["name"], stored["address"]) == ("Ada King", {"city": "Ghent"})


async def test_a_customer_whose_answer_was_lost_is_found_by_the_takeover(localstripe: Localstripe) -> None:
    async with LosesAnswers(after=lambda method, _: method == "POST") as lossy:
        lost = await upsert(connector(localstripe, lossy), {"foreign_id": "C-2"}, "k-9", name="Mary")
        taken_over = await upsert(
            connector(localstripe, lossy), {"foreign_id": "C-2"}, "k-9", takeover=True, name="Mary"
        )

    assert type(lost) is OutcomeUnknown
    assert (taken_over.found, taken_over.calls) == (True, 0)
    everybody = localstripe.api("GET", "/v1/customers?limit=1000")["data"]
    assert [one["id"] for one in everybody if one["metadata"].get("interlock_id") == "C-2"] == [taken_over.external_id]


async def test_our_own_write_comes_back_as_the_record_of_its_receipt(
    localstripe: Localstripe, receiver: Receiver, transport: Transport
) -> None:
    localstripe.register_webhook("echo", receiver.url, SECRET, ["customer.created"])

    receipt = await upsert(connector(localstripe, transport), {"foreign_id": "C-3"}, "k-3", name="Echo")
    came = receiver.wait_until(lambda all_: any(about(one, receipt.external_id) for one in all_))

    [webhook] = [one for one in came if about(one, receipt.external_id)]
    [event] = Stripe.parse(request_of(webhook))
    assert event.record == receipt.record


async def test_what_it_does_not_know_is_rejected(localstripe: Localstripe, transport: Transport) -> None:
    peer = connector(localstripe, transport)

    results: list[ConnectorError] = [
        await upsert(peer, {"id": "cus_nobody"}, "k-4", name="x"),
        await upsert(peer, {"foreign_id": "C-4"}, "k-5", nmae="x"),
    ]

    assert [(type(one), one.status) for one in results] == [(Rejected, 404), (Rejected, 400)]


async def test_all_customers_are_read_in_pages(localstripe: Localstripe, transport: Transport) -> None:
    for number in range(105):
        localstripe.customer(name=f"Customer {number}", card=False)

    pages = [page async for page in connector(localstripe, transport).read("customer", {})]

    ids = [record.id for page in pages for record in page.records]
    assert len(pages) >= 2
    assert sorted(ids) == sorted(one["id"] for one in localstripe.api("GET", "/v1/customers?limit=10000")["data"])
    assert pages[-1].cursor == {}


async def test_a_peer_that_is_away_is_transient(transport: Transport) -> None:
    with Localstripe() as peer:
        away = connector(peer, transport)
        peer.stop()

        assert type(await upsert(away, {"id": "cus_1"}, "k", name="x")) is Transient
        assert (await away.check()).ok is False
