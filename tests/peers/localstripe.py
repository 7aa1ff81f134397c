"""localstripe: billing and payments that sign their webhooks as Stripe does.

What it lacks of Stripe, as seen in 1.15: ``Idempotency-Key`` is ignored, invoices have no ``number``, there
is no ``invoice.paid`` (only ``invoice.payment_succeeded``), no ``invoice.finalized``, no search, no
``created`` filter on customers. A webhook is sent once, one second after its event, never again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.peers.calling import PeerRefusedError, call
from tests.peers.installing import HERE, installed
from tests.peers.peer import Peer

#: Any key that starts with ``sk_`` is accepted, and none other.
API_KEY = "sk_localstripe"


@dataclass(frozen=True)
class PaidInvoice:
    """An invoice that was just paid: ``invoice`` is the object as the API shows it afterwards."""

    customer: dict[str, Any]
    invoice: dict[str, Any]

    @property
    def id(self) -> str:
        """``in_…``; localstripe gives no ``number``, so this is what people would call the invoice by."""
        return str(self.invoice["id"])


class Localstripe(Peer):
    """A fresh, empty localstripe on loopback."""

    name = "localstripe"
    api_key = API_KEY

    def command(self) -> list[str]:
        """Served by ``serve_localstripe.py``, which pins it to loopback."""
        # -P: this folder is not searched for modules, or this very file would pass for the peer.
        return [str(installed(self.name) / "python"), "-P", str(HERE / "serve_localstripe.py"), str(self.port)]

    def api(self, method: str, path: str, form: Sequence[tuple[str, str]] | None = None) -> Any:
        """One call of its API with the key: ``api("POST", "/v1/customers", [("name", "Ada")])``."""
        headers = {"Authorization": f"Bearer {self.api_key}"}
        return call(self.port, method, path, headers=headers, form=None if form is None else list(form))

    def register_webhook(self, name: str, url: str, secret: str, events: Sequence[str] | None = None) -> None:
        """Send events (all, or those types) to ``url``, signed with ``secret``; the same name replaces."""
        document = {"url": url, "secret": secret} | ({} if events is None else {"events": list(events)})
        call(self.port, "POST", f"/_config/webhooks/{name}", document=document)

    def flush(self) -> None:
        """Forget all objects; webhooks stay registered."""
        call(self.port, "DELETE", "/_config/data")

    def customer(
        self, *, metadata: Mapping[str, str] | None = None, card: bool = True, **values: str
    ) -> dict[str, Any]:
        """A new customer (``name``, ``email``, ``phone`` …), by default with a card that pays."""
        form = list(values.items()) + _metadata(metadata)
        customer: dict[str, Any] = self.api("POST", "/v1/customers", form)
        if card:
            attached = self.api("POST", "/v1/payment_methods/pm_card_visa/attach", [("customer", customer["id"])])
            default = [("invoice_settings[default_payment_method]", attached["id"])]
            customer = self.api("POST", f"/v1/customers/{customer['id']}", default)
        return customer

    def paid_invoice(self, customer: dict[str, Any], *, amount: int = 12_500, currency: str = "eur") -> PaidInvoice:
        """One invoice over ``amount`` minor units, paid at once by the customer's card.

        localstripe bills subscriptions only, so this subscribes the customer to a plan of that amount; the
        first period's invoice is made and paid within the call. Webhooks, in this order:
        ``invoice.created``, ``payment_intent.succeeded``, ``invoice.payment_succeeded``,
        ``customer.subscription.created`` (before them, once an amount, ``product.created`` and
        ``plan.created``; after them ``customer.updated`` where the customer was changed).
        """
        form = [("customer", customer["id"]), ("items[0][plan]", self._plan(amount, currency))]
        subscription = self.api("POST", "/v1/subscriptions", form)
        return PaidInvoice(customer, self.api("GET", f"/v1/invoices/{subscription['latest_invoice']}"))

    def _plan(self, amount: int, currency: str) -> str:
        name = f"plan-{amount}-{currency}"
        form = [("id", name), ("amount", str(amount)), ("currency", currency), ("interval", "month")]
        try:
            self.api("POST", "/v1/plans", [*form, ("product[name]", f"Plan of {amount} {currency}")])
        except PeerRefusedError as refused:
            if refused.status != 409:  # 409: it exists already
                raise
        return name

    def events(self) -> list[dict[str, Any]]:
        """All events so far, oldest first, as its API lists them."""
        found: list[dict[str, Any]] = self.api("GET", "/v1/events?limit=1000")["data"]
        return found


def _metadata(metadata: Mapping[str, str] | None) -> list[tuple[str, str]]:
    return [(f"metadata[{name}]", value) for name, value in (metadata or {}).items()]


def pretty(document: Any) -> str:
    """As localstripe itself writes the body of a webhook."""
    return json.dumps(document, indent=2, sort_keys=True)
