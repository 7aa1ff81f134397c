"""The outgoing webhook: what a receiver sees, and what becomes of its answer."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook as Verifier

from connectors.errors import (
    AuthFailed,
    ConnectorError,
    Gone,
    NotSupported,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Rejected,
    Transient,
)
from connectors.interface import Context
from connectors.messages import Operation, Receipt, Secret
from connectors.transport import Guard, Transport
from connectors.webhook.connector import Webhook
from tests.connectors.stub import Received, Stub
from tests.connectors.suite import ConnectorSuite

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
EVENT = Operation("send", {"type": "invoice.paid", "amount": "12.50"}, key="step-1.r1", headers={"traceparent": TRACE})


class TestWebhook(ConnectorSuite):
    connector = Webhook
    secrets = {"signing": KEY}
    samples = {"send": {"type": "invoice.paid"}}
    takes_any_object = True


def webhook(
    stub: Stub, transport: Transport, *, signing: str | None = None, settings: Mapping[str, Any] | None = None
) -> Webhook:
    secrets = {"signing": Secret(signing)} if signing is not None else {}
    return Webhook(Context(f"{stub.url}/hook?team=7", transport, settings or {}, secrets, deadline=2.0))


async def sent(
    connector: Webhook, stub: Stub, operation: Operation = EVENT
) -> tuple[Receipt | ConnectorError, Received]:
    (result,) = await connector.write([operation])
    return result, stub.received[-1]


# -- what the receiver sees ------------------------------------------------------------------------------


async def test_an_event_arrives_as_json_with_its_id_and_its_trace(stub: Stub, transport: Transport) -> None:
    stub.answer("/hook", status=202, body=b"thanks")
    result, got = await sent(webhook(stub, transport), stub)
    assert result == Receipt(status=202, response=b"thanks", calls=1)
    assert (got.method, got.query, got.body) == ("POST", "team=7", b'{"type":"invoice.paid","amount":"12.50"}')
    assert got.headers["content-type"] == "application/json"
    assert got.headers["webhook-id"] == "step-1.r1"
    assert abs(int(got.headers["webhook-timestamp"]) - datetime.now(UTC).timestamp()) < 60
    assert got.headers["traceparent"] == TRACE
    assert got.headers["user-agent"] == "Interlock/0.1.0"
    assert "webhook-signature" not in got.headers


async def test_the_standard_webhooks_library_believes_it(stub: Stub, transport: Transport) -> None:
    stub.answer("/hook")
    _, got = await sent(webhook(stub, transport, signing=KEY), stub)
    assert Verifier(KEY).verify(got.body, dict(got.headers)) == {"type": "invoice.paid", "amount": "12.50"}
    assert got.headers["webhook-id"] == "step-1.r1"


async def test_a_repeated_event_has_the_same_id_and_the_same_bytes(stub: Stub, transport: Transport) -> None:
    stub.resets("/hook")
    first, before = await sent(webhook(stub, transport, signing=KEY), stub)
    stub.answer("/hook")
    again = Operation(EVENT.name, EVENT.body, EVENT.key, takeover=True)
    second, after = await sent(webhook(stub, transport, signing=KEY), stub, again)
    assert isinstance(first, OutcomeUnknown)
    assert isinstance(second, Receipt)
    assert (before.headers["webhook-id"], before.body) == (after.headers["webhook-id"], after.body)


async def test_an_hmac_is_made_as_the_receiver_asks(stub: Stub, transport: Transport) -> None:
    stub.answer("/hook")
    signature = {
        "scheme": "hmac",
        "header": "X-Signature",
        "encoding": "base64",
        "prefix": "sha512=",
        "algorithm": "sha512",
        "template": "{id}.{timestamp}.{body}",
        "timestamp_header": "X-Time",
        "id_header": "X-Event-Id",
    }
    _, got = await sent(webhook(stub, transport, signing="hush", settings={"signature": signature}), stub)
    assert got.headers["x-event-id"] == "step-1.r1"
    message = f"step-1.r1.{got.headers['x-time']}.".encode() + got.body
    expected = base64.b64encode(hmac.digest(b"hush", message, hashlib.sha512)).decode()
    assert got.headers["x-signature"] == f"sha512={expected}"


async def test_a_token_goes_into_a_header_or_into_the_query(stub: Stub, transport: Transport) -> None:
    stub.answer("/hook")
    token = {"scheme": "shared_token"}
    _, got = await sent(webhook(stub, transport, signing="t0k3n", settings={"signature": token}), stub)
    assert got.headers["authorization"] == "Bearer t0k3n"
    query = {"scheme": "shared_token", "parameter": "key"}
    _, got = await sent(webhook(stub, transport, signing="t0 k&n", settings={"signature": query}), stub)
    assert got.query == "team=7&key=t0 k%26n"
    basic = {"scheme": "basic", "username": "ada"}
    _, got = await sent(webhook(stub, transport, signing="pw", settings={"signature": basic}), stub)
    assert got.headers["authorization"] == "Basic YWRhOnB3"


async def test_further_headers_never_replace_ours(stub: Stub, transport: Transport) -> None:
    stub.answer("/hook")
    headers = {"X-Team": "seven", "Webhook-Id": "mine", "Content-Type": "text/plain", "User-Agent": "acme/1"}
    _, got = await sent(webhook(stub, transport, settings={"headers": headers, "method": "PUT"}), stub)
    assert got.method == "PUT"
    assert got.headers["x-team"] == "seven"
    assert got.headers["webhook-id"] == "step-1.r1"
    assert got.headers["content-type"] == "application/json"
    assert got.headers["user-agent"] == "acme/1"


# -- what becomes of the answer ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "expected"),
    [(301, Refused), (400, Rejected), (401, AuthFailed), (404, Rejected), (429, RateLimited), (500, Transient)],
)
async def test_an_answer_is_judged_by_the_table(
    stub: Stub, transport: Transport, status: int, expected: type[ConnectorError]
) -> None:
    stub.answer("/hook", status=status, headers={"Retry-After": "9", "Location": "/else"})
    result, _ = await sent(webhook(stub, transport), stub)
    assert type(result) is expected
    assert getattr(result, "retry_after", 9.0) == 9.0
    assert len(stub.received) == 1


async def test_an_allowance_that_is_used_up_as_github_says_it_asks_to_slow_down(
    stub: Stub, transport: Transport
) -> None:
    stub.answer("/hook", status=403, headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "30"})
    result, _ = await sent(webhook(stub, transport), stub)
    assert isinstance(result, RateLimited)
    assert result.retry_after == 30.0


async def test_a_receiver_that_is_gone_says_so(stub: Stub, transport: Transport) -> None:
    stub.answer("/hook", status=410, body=b"unsubscribed")
    result, _ = await sent(webhook(stub, transport), stub)
    assert isinstance(result, Gone)
    assert (result.code, result.status, result.body) == ("gone", 410, b"unsubscribed")
    assert result.reason == "the receiver answered 410: it takes no more events"


async def test_only_the_start_of_a_long_answer_is_kept(stub: Stub, transport: Transport) -> None:
    stub.answer("/hook", body=b"x" * 100_000)
    result, _ = await sent(webhook(stub, transport), stub)
    assert isinstance(result, Receipt)
    assert len(result.response) == 16 * 1024


async def test_results_come_in_the_order_of_the_operations(stub: Stub, transport: Transport) -> None:
    stub.answer("/hook")
    unknown = Operation("fetch", {}, key="b")
    results = await webhook(stub, transport).write([EVENT, unknown, EVENT])
    assert [type(result) for result in results] == [Receipt, NotSupported, Receipt]
    assert len(stub.received) == 2


# -- settings that do not fit -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"method": "DELETE"}, "POST, PUT, PATCH"),
        ({"headers": ["a"]}, "headers must be"),
        ({"headers": {"a": 1}}, "headers must be"),
        ({"signature": "hmac"}, "signature must name one of"),
        ({"signature": {"scheme": "stripe"}}, "signature must name one of"),
        ({"signature": {"scheme": "hmac"}}, r"cannot be signed by hmac: .* \(unsupported\)"),
        ({"signature": {"scheme": "hmac", "header": "x", "key_encoding": "hex"}}, r"\(no_secret\)"),
    ],
)
async def test_settings_that_do_not_fit_are_rejected_before_anything_is_sent(
    stub: Stub, transport: Transport, settings: dict[str, Any], words: str
) -> None:
    (result,) = await webhook(stub, transport, signing="not hex", settings=settings).write([EVENT])
    assert isinstance(result, Rejected)
    assert result.calls == 0
    with pytest.raises(Rejected, match=words):
        raise result
    assert stub.received == []


async def test_a_body_that_json_cannot_hold_is_rejected(stub: Stub, transport: Transport) -> None:
    (result,) = await webhook(stub, transport).write([Operation("send", {"amount": 2**70}, key="k")])
    assert isinstance(result, Rejected)
    assert result.calls == 0
    assert stub.received == []


async def test_a_private_address_is_refused(stub: Stub) -> None:
    async with Transport(Guard()) as door:
        (result,) = await webhook(stub, door).write([EVENT])
    assert isinstance(result, Refused)
    assert stub.received == []


async def test_the_receivers_memory_is_a_setting(stub: Stub, transport: Transport) -> None:
    (spec,) = (await webhook(stub, transport, settings={"key_lifetime": 3600}).discover()).operations
    assert (spec.name, spec.key_lifetime) == ("send", 3600.0)
    for junk in (0, -1, "day", True, None):
        with pytest.raises(Rejected, match="key_lifetime"):
            await webhook(stub, transport, settings={"key_lifetime": junk}).discover()


# -- check ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "ok"), [(200, True), (404, True), (405, True), (401, True), (410, False), (500, False), (429, False)]
)
async def test_check_asks_with_a_get(stub: Stub, transport: Transport, status: int, ok: bool) -> None:
    stub.answer("/hook", status=status)
    health = await webhook(stub, transport, signing=KEY).check()
    assert health.ok is ok
    assert str(status) in health.detail
    assert [(got.method, got.body) for got in stub.received] == [("GET", b"")]


async def test_check_shows_a_refused_token(stub: Stub, transport: Transport) -> None:
    stub.answer("/hook", status=401)
    health = await webhook(stub, transport, signing="t", settings={"signature": {"scheme": "shared_token"}}).check()
    assert health.ok is False
    assert stub.received[0].headers["authorization"] == "Bearer t"
