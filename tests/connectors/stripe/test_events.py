"""A webhook of Stripe is the event that Stripe says it is, and its signature is believed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import stripe

from connectors.errors import ContractBroken
from connectors.messages import Request, Secret
from connectors.signatures import verify
from connectors.stripe.connector import Stripe
from tests.connectors.stripe.calls import recorded
from tests.connectors.suite import recorded_request, with_body

TYPES = (
    "customer.created",
    "customer.subscription.created",
    "customer.updated",
    "invoice.created",
    "invoice.payment_succeeded",
    "payment_intent.succeeded",
    "plan.created",
    "product.created",
)


def webhook(body: Any) -> Request:
    return Request("POST", "https://example.com/in/stripe", {}, json.dumps(body).encode())


@pytest.mark.parametrize("kind", TYPES)
def test_a_webhook_is_the_event_that_stripe_says_it_is(kind: str) -> None:
    request = recorded_request(recorded(kind))
    sent = json.loads(request.body)

    [event] = Stripe.parse(request)

    assert event.type == kind
    assert event.id == sent["id"]
    assert event.record == sent["data"]["object"]
    assert (event.resource, event.external_id) == (event.record["object"], event.record["id"])
    assert event.occurred_at == datetime.fromtimestamp(sent["created"], UTC)
    assert event.version == sent["created"] * 1000


@pytest.mark.parametrize("kind", TYPES)
def test_a_webhooks_signature_is_what_the_official_client_believes_and_so_do_we(kind: str) -> None:
    request = recorded_request(recorded(kind))
    secret = json.loads(recorded(kind).read_text())["secret"]
    header = request.headers["stripe-signature"]
    sent_at = datetime.fromtimestamp(json.loads(request.body)["created"], UTC)

    verified = verify("stripe", request, [Secret(secret)], {}, sent_at)

    assert verified.scheme == "stripe"
    stripe.WebhookSignature.verify_header(request.body.decode(), header, secret, tolerance=None)


def test_a_paid_invoice_is_in_whole_minor_units() -> None:
    [event] = Stripe.parse(recorded_request(recorded("invoice.payment_succeeded")))

    assert (event.record["total"], event.record["amount_paid"], event.record["currency"]) == (12500, 12500, "eur")
    assert type(event.record["total"]) is int
    assert event.record["status"] == "paid"
    assert event.record["customer"].startswith("cus_")


@pytest.mark.parametrize(
    "thin",
    [
        {"object": "v2.core.event", "id": "evt_1", "type": "v1.invoice.paid", "created": "2026-11-21T12:00:00.000Z"},
        {
            "id": "evt_1",
            "type": "v1.invoice.paid",
            "related_object": {"id": "in_1", "type": "invoice", "url": "/v1/invoices/in_1"},
        },
    ],
)
def test_a_thin_event_is_refused_with_the_way_out(thin: dict[str, Any]) -> None:
    with pytest.raises(ContractBroken) as caught:
        Stripe.parse(webhook(thin))
    assert caught.value.detail == "thin_event"
    assert "choose snapshot payloads" in caught.value.reason


def test_an_object_without_an_id_is_an_event_all_the_same() -> None:
    request = recorded_request(recorded("customer.created"))
    document = json.loads(request.body)
    document["data"]["object"] = {"object": "balance", "available": []}

    [event] = Stripe.parse(with_body(request, json.dumps(document).encode()))

    assert (event.resource, event.external_id) == ("balance", "")
