"""Events of any sender: read as Standard Webhooks writes them, and told apart from what is none."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from connectors.errors import ContractBroken
from connectors.messages import Request
from connectors.webhook.connector import Webhook


def parsed(body: Any, **headers: str) -> Any:
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    (event,) = Webhook.parse(Request("POST", "", headers, raw))
    return event


def test_a_standard_webhook_is_its_type_its_time_and_its_data() -> None:
    body = {"type": "order.placed", "timestamp": "2026-11-22T01:00:00+01:00", "data": {"number": 7}}
    event = parsed(body, **{"webhook-id": "msg_1"})
    assert (event.id, event.type, event.record) == ("msg_1", "order.placed", {"number": 7})
    assert event.occurred_at == datetime(2026, 11, 22, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("body", "kind", "record"),
    [
        ({"event": "placed", "number": 7}, "placed", {"event": "placed", "number": 7}),
        ({"event_type": "placed", "data": [1]}, "placed", {"event_type": "placed", "data": [1]}),
        ({"number": 7}, "event", {"number": 7}),
        ({"type": 5, "data": {"number": 7}}, "event", {"number": 7}),
    ],
)
def test_senders_who_write_otherwise_are_understood_too(body: Any, kind: str, record: Any) -> None:
    event = parsed(body)
    assert (event.id, event.type, event.record) == ("", kind, record)


@pytest.mark.parametrize("time", ["yesterday", 5, None, "9999-12-31T23:59:59-23:59"])
def test_a_time_that_cannot_be_read_costs_nothing_but_itself(time: Any) -> None:
    assert parsed({"type": "placed", "timestamp": time}).occurred_at is None


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"\xff", b"NaN"])
def test_what_is_no_object_breaks_the_contract(body: bytes) -> None:
    with pytest.raises(ContractBroken):
        parsed(body)
