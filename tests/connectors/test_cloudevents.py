"""What a published message says of itself: CloudEvents 1.0."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.cloudevents import message_of, messages_of
from connectors.errors import ConnectorError, Rejected
from connectors.messages import Operation
from tests.connectors.brokers import TRACE, event

ANYWHERE = {"topics": ["#"]}


def test_a_binary_message_has_its_attributes_in_headers_and_its_data_as_the_body() -> None:
    message = message_of(event("orders", subject="O-1", time="2026-11-21T08:30:00Z"), ANYWHERE)
    assert message.headers("ce-") == {
        "ce-specversion": "1.0",
        "ce-id": "step-1.r1",
        "ce-source": "/interlock",
        "ce-type": "order.paid",
        "ce-subject": "O-1",
        "ce-time": "2026-11-21T08:30:00Z",
        "ce-traceparent": TRACE,
    }
    assert (message.content_type, message.body) == ("application/json", b'{"total":"12.50"}')


def test_a_structured_message_is_one_document() -> None:
    message = message_of(event("orders", source="/erp"), {**ANYWHERE, "mode": "structured", "source": "/unused"})
    assert message.headers("ce-") == {}
    assert message.content_type == "application/cloudevents+json"
    assert orjson.loads(message.body) == {
        "specversion": "1.0",
        "id": "step-1.r1",
        "source": "/erp",
        "type": "order.paid",
        "traceparent": TRACE,
        "datacontenttype": "application/json",
        "data": {"total": "12.50"},
    }


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"type": ""}, "type must be a text"),
        ({"type": "a\nb"}, "type must be a text"),
        ({"type": 7}, "type must be a text"),
        ({"subject": "x" * 1025}, "subject must be a text"),
        ({"time": "2026-11-21"}, "time must look like"),
        ({"time": "2026-11-21T08:30:00"}, "time must look like"),
        ({"partitionkey": 7}, "partitionkey must be a text"),
        ({"datta": 1}, "an event has no 'datta'"),
        ({"data": 2**70}, "cannot be written as JSON"),
    ],
)
def test_what_is_no_event_is_rejected(more: dict[str, Any], words: str) -> None:
    with pytest.raises(Rejected, match=words):
        message_of(event("orders", **more), ANYWHERE)


def test_a_mode_that_does_not_exist_is_rejected() -> None:
    with pytest.raises(Rejected, match="binary, structured"):
        message_of(event("orders"), {**ANYWHERE, "mode": "batched"})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(
    st.dictionaries(st.sampled_from(["type", "data", "topic", "subject", "time", "source"]), JSON), st.text(max_size=5)
)
def test_any_body_is_a_message_or_an_error_of_ours_and_always_the_same(body: dict[str, Any], key: str) -> None:
    operation = Operation("publish", body, key=key)
    try:
        message = message_of(operation, {**ANYWHERE, "topic": "orders"})
    except ConnectorError as error:
        assert error.reason  # noqa: PT017 - either way is right
    else:
        assert message == message_of(operation, {**ANYWHERE, "topic": "orders"})
        assert all(value.isprintable() and value for value in message.headers("ce-").values())


OLD = {"type": "order.v1", "topic": "orders.v1", "data": {"sum": "12.50"}}


def test_an_event_goes_out_in_its_former_form_as_well_under_an_id_of_its_own() -> None:
    newest, older = messages_of(event("orders", subject="O-1", former=[OLD]), ANYWHERE)
    assert (newest.topic, newest.id, newest.attributes["type"]) == (
        "orders",
        "step-1.r1",
        "order.paid",
    )
    assert newest.body == b'{"total":"12.50"}'
    assert (older.topic, older.id, older.attributes["type"]) == ("orders.v1", "step-1.r1:former-1", "order.v1")
    assert older.body == b'{"sum":"12.50"}'
    assert older.attributes["traceparent"] == TRACE


def test_without_a_former_form_there_is_one_message() -> None:
    assert messages_of(event("orders"), ANYWHERE) == [message_of(event("orders"), ANYWHERE)]
    assert messages_of(event("orders", former=[]), ANYWHERE) == [message_of(event("orders"), ANYWHERE)]


@pytest.mark.parametrize("former", ["x", {}, [1], [OLD] * 6, [{**OLD, "former": [OLD]}]])
def test_what_are_no_former_forms_is_refused_before_anything_is_sent(former: Any) -> None:
    with pytest.raises(Rejected):
        messages_of(event("orders", former=former), ANYWHERE)


def test_a_former_form_to_a_topic_that_is_not_listed_refuses_both() -> None:
    with pytest.raises(ConnectorError, match=r"may not write to the topic 'orders\.v1'"):
        messages_of(event("orders", former=[OLD]), {"topics": ["orders"]})
