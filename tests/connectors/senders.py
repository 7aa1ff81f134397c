"""One sender for each signature scheme: its settings, two secrets, and a request that it could send."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from connectors.messages import Request, Secret
from connectors.signatures import sign

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
BODY = '{"id": "evt_1", "größe": 7}'.encode()
URL = "https://hooks.example.com/in/acme?a=1&b=x%2Fy"


@dataclass(frozen=True, slots=True)
class Sender:
    """How one sender signs. ``headers`` name its id; ``proof`` is the header that holds its signature."""

    scheme: str
    proof: str
    key: str
    other_key: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    sender_id: str = ""
    timed: bool = False
    over_body: bool = True
    time_header: str = ""

    def request(self, body: bytes = BODY) -> Request:
        """The request before it is signed."""
        return Request("POST", URL, dict(self.headers), body, peer="10.0.0.7")

    def signed(self, key: str | None = None, now: datetime = NOW, body: bytes = BODY) -> Request:
        """The request as the sender sends it."""
        return sign(self.scheme, self.request(body), Secret(key or self.key), self.settings, now)

    def altered(self, **headers: str | None) -> Request:
        """The signed request with headers exchanged (underscores for hyphens), or dropped for ``None``."""
        request = self.signed()
        changed = {**request.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return replace(request, headers={name: value for name, value in changed.items() if value is not None})

    def with_proof(self, value: str | None) -> Request:
        """The signed request with another signature header."""
        return self.altered(**{self.proof.replace("-", "_"): value})


FORM = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
PROXIES = {"trusted_proxies": ["10.0.0.0/24", "fd00::/64"]}
SHA = "ab" * 32

SENDERS: Mapping[str, Sender] = {
    "standard_webhooks": Sender(
        "standard_webhooks",
        "webhook-signature",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
        headers={"webhook-id": "msg_1"},
        sender_id="msg_1",
        timed=True,
        time_header="webhook-timestamp",
    ),
    "stripe": Sender("stripe", "stripe-signature", "whsec_one", "whsec_two", timed=True),
    "github": Sender(
        "github", "x-hub-signature-256", "one", "two", headers={"x-github-delivery": "72d3162e"}, sender_id="72d3162e"
    ),
    "shopify": Sender(
        "shopify",
        "x-shopify-hmac-sha256",
        "hush",
        "hush hush",
        headers={
            "x-shopify-event-id": "98880550",
            "x-shopify-topic": "orders/create",
            "x-shopify-webhook-id": "b54557e4",
        },
        sender_id="98880550:orders/create",
    ),
    "slack": Sender("slack", "x-slack-signature", "one", "two", timed=True, time_header="x-slack-request-timestamp"),
    "hubspot": Sender(
        "hubspot", "x-hubspot-signature-v3", "one", "two", timed=True, time_header="x-hubspot-request-timestamp"
    ),
    "hubspot v2": Sender("hubspot", "x-hubspot-signature", "one", "two", settings={"version": "v2"}),
    "hubspot v1": Sender("hubspot", "x-hubspot-signature", "one", "two", settings={"version": "v1"}),
    "zendesk": Sender(
        "zendesk",
        "x-zendesk-webhook-signature",
        "one",
        "two",
        headers={"x-zendesk-webhook-invocation-id": "8350205582"},
        sender_id="8350205582",
        timed=True,
        time_header="x-zendesk-webhook-signature-timestamp",
    ),
    "twilio": Sender(
        "twilio",
        "x-twilio-signature",
        "12345",
        "54321",
        headers={"content-type": "application/json", "i-twilio-idempotency-token": "t-1"},
        sender_id="t-1",
    ),
    "twilio form": Sender("twilio", "x-twilio-signature", "12345", "54321", headers=FORM),
    "hmac": Sender(
        "hmac",
        "x-signature",
        "one",
        "two",
        settings={"header": "X-Signature", "prefix": "sha256="},
    ),
    "hmac with a time": Sender(
        "hmac",
        "x-signature",
        "b25l",
        "dHdv",
        settings={
            "header": "x-signature",
            "algorithm": "sha512",
            "encoding": "base64url",
            "separator": ",",
            "template": "{method}:{url}:{id}.{timestamp}.{body}",
            "timestamp_header": "x-time",
            "timestamp_format": "iso8601",
            "id_header": "x-id",
            "key_encoding": "base64",
        },
        headers={"x-id": "m-1"},
        sender_id="m-1",
        timed=True,
        time_header="x-time",
    ),
    "shared_token": Sender("shared_token", "authorization", "t0k3n", "other", over_body=False),
    "shared_token in a header": Sender(
        "shared_token", "x-gitlab-token", "t0k3n", "other", settings={"header": "X-Gitlab-Token"}, over_body=False
    ),
    "basic": Sender("basic", "authorization", "ada:pass:word", "ada:other", over_body=False),
    "basic with a user": Sender(
        "basic", "authorization", "pass", "other", settings={"username": "ada"}, over_body=False
    ),
    "mtls": Sender(
        "mtls",
        "x-client-cert-fingerprint",
        SHA,
        "cd" * 32,
        settings={**PROXIES, "allowed": [SHA]},
        over_body=False,
    ),
}
