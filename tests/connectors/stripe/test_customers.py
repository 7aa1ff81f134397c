"""Customers are found, made once, and brought up to date (``exchanges`` of localstripe)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

import pytest

from connectors.errors import OutcomeUnknown, Rejected, Transient
from connectors.messages import Operation
from tests.connectors.replay import replay
from tests.connectors.stripe.calls import GRACE, KEY, Make, recorded, refused, upsert, written
from tests.connectors.stub import Stub


async def test_a_customer_that_is_new_is_made_and_carries_what_it_is_found_by(stub: Stub, connector: Make) -> None:
    playing = replay(stub, "stripe", "customer_made")

    receipt = await written(connector(honours_idempotency_key=False), upsert({"foreign_id": "C-9"}, GRACE))

    assert playing.whole, playing.differences
    create = stub.received[-1]
    assert create.headers["idempotency-key"] == "key-1"
    assert create.headers["authorization"] == f"Bearer {KEY}"
    assert receipt.record["metadata"] == {"segment": "navy", "interlock_id": "C-9", "interlock_key": "key-1"}
    assert receipt.keys == (("customer", receipt.external_id), ("customer", "C-9"))
    assert (receipt.version, receipt.calls, receipt.found) == (None, 1, False)


async def test_a_customer_whose_answer_was_lost_is_found_and_not_made_again(stub: Stub, connector: Make) -> None:
    playing = replay(stub, "stripe", "customer_found_after_a_lost_answer")

    receipt = await written(
        connector(honours_idempotency_key=False), upsert({"foreign_id": "C-9"}, GRACE, takeover=True)
    )

    assert playing.whole, playing.differences
    assert (receipt.found, receipt.calls, receipt.record) == (True, 0, {})
    assert json.loads(receipt.response)["id"] == receipt.external_id


async def test_a_customer_that_is_there_is_updated_under_a_key_of_its_own(stub: Stub, connector: Make) -> None:
    playing = replay(stub, "stripe", "customer_brought_up_to_date")

    receipt = await written(
        connector(honours_idempotency_key=False),
        upsert({"foreign_id": "C-9"}, {"name": "Rear Admiral Hopper"}, key="key-2"),
    )

    assert playing.whole, playing.differences
    assert stub.received[-1].headers["idempotency-key"] == "key-2:update"
    assert receipt.record["name"] == "Rear Admiral Hopper"
    assert receipt.record["metadata"]["interlock_key"] == "key-1"


async def test_a_customer_matched_by_email_is_made_with_it(stub: Stub, connector: Make) -> None:
    playing = replay(stub, "stripe", "customer_made_by_email")

    receipt = await written(
        connector(), upsert({"email": "mary@example.com"}, {"name": "Mary Somerville"}, key="key-3")
    )

    assert playing.whole, playing.differences
    assert receipt.record["email"] == "mary@example.com"


async def test_at_stripe_a_foreign_id_is_searched_for_and_a_repeated_answer_is_recognised(
    stub: Stub, connector: Make
) -> None:
    customer = json.loads(recorded("customer.created").read_text())["request"]["body"]
    made = json.loads(customer)["data"]["object"]
    stub.answer("/v1/customers/search", json={"object": "search_result", "data": [], "has_more": False})
    stub.answer("/v1/customers", json=made, headers={"idempotent-replayed": "true"})

    receipt = await written(connector(), upsert({"foreign_id": "O'Brien"}, GRACE, takeover=True))

    [search, create] = stub.received
    assert dict(parse_qsl(search.query)) == {"query": "metadata['interlock_id']:'O\\'Brien'", "limit": "2"}
    assert create.headers["idempotency-key"] == "key-1"
    assert (receipt.found, receipt.calls, receipt.record) == (True, 1, made)


async def test_an_email_with_a_plus_is_looked_for_as_it_is(stub: Stub, connector: Make) -> None:
    stub.answer("*", status=500)

    await refused(connector(), upsert({"email": "ada+work&home@example.com"}, GRACE))

    assert dict(parse_qsl(stub.received[0].query)) == {"email": "ada+work&home@example.com", "limit": "2"}


@pytest.mark.parametrize("match", [{"email": "a@example.com"}, {"foreign_id": "C-9"}])
async def test_two_customers_of_one_name_need_a_person(stub: Stub, connector: Make, match: dict[str, str]) -> None:
    two = {
        "object": "list",
        "has_more": False,
        "data": [{"object": "customer", "id": name} for name in ("cus_1", "cus_2")],
    }
    stub.answer("*", json=two)

    error = await refused(connector(), upsert(match, GRACE))

    assert (type(error), error.detail) == (Rejected, "customer_ambiguous")
    assert [one.method for one in stub.received] == ["GET"]


async def test_a_write_whose_answer_is_lost_is_unknown(stub: Stub, connector: Make) -> None:
    stub.resets("*")

    assert type(await refused(connector(), upsert({"id": "cus_1"}, GRACE))) is OutcomeUnknown
    assert type(await refused(connector(), upsert({"email": "a@example.com"}, GRACE))) is Transient


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"match": {}},
        {"match": {"id": ""}},
        {"match": {"id": 7}},
        {"match": {"id": "cus_1", "email": "a@example.com"}},
        {"match": {"name": "Ada"}},
        {"match": {"id": "../charges"}, "values": {"name": "x"}},
        {"match": {"id": "cus_1"}},
        {"match": {"id": "cus_1"}, "values": {"name": "x"}, "more": 1},
        {"match": {"id": "cus_1"}, "values": {"balance": 1.5}},
        {"match": {"id": "cus_1"}, "values": {"metadata": "x"}},
        {"match": {"id": "cus_1"}, "values": []},
    ],
)
async def test_a_body_that_makes_no_sense_is_refused_unsent(stub: Stub, connector: Make, body: dict[str, Any]) -> None:
    error = await refused(connector(), Operation("customer.upsert", body, key="k"))

    assert (type(error), error.detail, error.calls) == (Rejected, "invalid_body", 0)
    assert stub.received == []
