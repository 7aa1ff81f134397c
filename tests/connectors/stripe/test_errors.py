"""What Stripe refuses becomes an error that says what to do, without personal values."""

from __future__ import annotations

import pytest

from connectors.errors import AuthFailed, ConnectorError, RateLimited, Rejected, Transient
from tests.connectors.replay import replay
from tests.connectors.stripe.calls import GRACE, Make, refused, upsert
from tests.connectors.stub import Stub


@pytest.mark.parametrize(
    ("scenario", "match", "values", "reason"),
    [
        ("customer_unknown", {"id": "cus_unknown"}, {"name": "Nobody"}, "Stripe refused: Not Found"),
        (
            "customer_refused",
            {"email": "new@example.com"},
            {"nmae": "A typing error"},
            "Stripe refused: Unexpected nmae",
        ),
    ],
)
async def test_what_the_server_refused_is_rejected_with_its_words(
    stub: Stub, connector: Make, scenario: str, match: dict[str, str], values: dict[str, str], reason: str
) -> None:
    playing = replay(stub, "stripe", scenario)

    error = await refused(connector(), upsert(match, values, key=f"key-{4 if 'id' in match else 5}"))

    assert playing.whole, playing.differences
    assert (type(error), error.reason, error.detail) == (Rejected, reason, "invalid_request_error")


@pytest.mark.parametrize(
    ("status", "error", "kind", "detail"),
    [
        (400, {"type": "invalid_request_error", "code": "email_invalid"}, Rejected, "email_invalid"),
        (401, {"type": "invalid_request_error"}, AuthFailed, "invalid_request_error"),
        (402, {"type": "card_error", "code": "card_declined", "decline_code": "lost_card"}, Rejected, "lost_card"),
        (403, {"type": "invalid_request_error"}, AuthFailed, "invalid_request_error"),
        (404, {"type": "invalid_request_error", "code": "resource_missing"}, Rejected, "resource_missing"),
        (409, {"type": "idempotency_error"}, Transient, "idempotency_error"),
        (429, {"type": "invalid_request_error", "code": "lock_timeout"}, Transient, "lock_timeout"),
        (429, {"type": "invalid_request_error", "code": "rate_limit"}, RateLimited, "rate_limit"),
        (500, {"type": "api_error"}, Transient, "api_error"),
        (503, None, Transient, ""),
    ],
)
async def test_each_error_of_stripe_says_what_to_do(
    stub: Stub, connector: Make, status: int, error: dict[str, str] | None, kind: type[ConnectorError], detail: str
) -> None:
    stub.answer("*", status=status, json={"error": error})

    result = await refused(connector(), upsert({"id": "cus_1"}, GRACE))

    assert (type(result), result.detail, result.status) == (kind, detail, status)


async def test_no_personal_value_of_a_message_reaches_the_reason(stub: Stub, connector: Make) -> None:
    told = {"type": "invalid_request_error", "message": "Invalid email address: ada@example; for 'Ada Lovelace'"}
    stub.answer("*", status=400, json={"error": told})

    error = await refused(connector(), upsert({"id": "cus_1"}, GRACE))

    assert error.reason == "Stripe refused: Invalid email address: … for …"
    assert b"Ada Lovelace" in error.body


async def test_a_busy_object_says_when_to_come_back(stub: Stub, connector: Make) -> None:
    stub.answer("*", status=409, body=b"", headers={"retry-after": "3"})

    error = await refused(connector(), upsert({"id": "cus_1"}, GRACE))

    assert isinstance(error, Transient)
    assert error.retry_after == 3.0
