"""One customer is looked up by id, foreign id or e-mail; what is not there is no error."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.errors import NotSupported, Rejected, Transient
from connectors.messages import Question
from tests.connectors.replay import replay
from tests.connectors.stripe.calls import Make
from tests.connectors.stub import Stub

ADA: dict[str, Any] = {"id": "cus_9", "object": "customer", "name": "Ada", "metadata": {"interlock_id": "C-9"}}
LISTED = {"object": "list", "has_more": False}


async def test_a_recorded_list_is_searched_for_a_foreign_id(stub: Stub, connector: Make) -> None:
    replay(stub, "stripe", "customer_found_after_a_lost_answer")

    found = await connector(honours_idempotency_key=False).find(Question("customer", "C-9", "foreign_id"))

    assert found is not None
    assert (found.id, found.fields["metadata"]["interlock_id"]) == (found.fields["id"], "C-9")


async def test_an_id_is_asked_for_by_its_address(stub: Stub, connector: Make) -> None:
    stub.answer("/v1/customers/cus_9", json=ADA)

    found = await connector().find(Question("customer", "cus_9"))

    assert found is not None
    assert (found.id, found.fields["name"], stub.received[0].method) == ("cus_9", "Ada", "GET")


@pytest.mark.parametrize(
    ("status", "answer"), [(404, {"error": {"code": "resource_missing"}}), (200, {"deleted": True})]
)
async def test_what_is_not_there_or_deleted_is_none(
    stub: Stub, connector: Make, status: int, answer: dict[str, Any]
) -> None:
    stub.answer("/v1/customers/cus_9", status=status, json={**ADA, **answer})

    assert await connector().find(Question("customer", "cus_9")) is None


async def test_nobody_with_that_e_mail_is_none_and_two_need_a_person(stub: Stub, connector: Make) -> None:
    stub.answer("/v1/customers", json={**LISTED, "data": []})
    assert await connector().find(Question("customer", "ada@example.com", "email")) is None
    stub.answer("/v1/customers", json={**LISTED, "data": [ADA, ADA]})
    with pytest.raises(Rejected, match="more than one customer"):
        await connector().find(Question("customer", "ada@example.com", "email"))


@pytest.mark.parametrize("key", ["../charges", "cus_9?x", "cus 9", "cüs"])
async def test_an_id_that_is_none_is_not_made_part_of_an_address(stub: Stub, connector: Make, key: str) -> None:
    with pytest.raises(Rejected):
        await connector().find(Question("customer", key))
    assert stub.received == []


async def test_silence_is_only_a_failure(stub: Stub, connector: Make) -> None:
    stub.resets("/v1/customers/cus_9")
    with pytest.raises(Transient):
        await connector().find(Question("customer", "cus_9"))


@pytest.mark.parametrize(("stream", "by"), [("charge", ""), ("customer", "phone")])
async def test_what_it_cannot_be_asked_for_is_said(connector: Make, stream: str, by: str) -> None:
    with pytest.raises(NotSupported):
        await connector().find(Question(stream, "x", by))
