"""A webhook's instance is asked for one record by one GET, where its settings say so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from connectors.errors import AuthFailed, ContractBroken, NotSupported, Rejected, Transient
from connectors.interface import Context
from connectors.messages import Question, Record, Secret
from connectors.transport import Transport
from connectors.webhook.connector import Webhook
from tests.connectors.stub import Stub

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

CUSTOMER = Question("customer", "C-1042")
LOOK_UPS = {"look_ups": {"customer": "/customers/{key}?full=1"}}


def webhook(stub: Stub, transport: Transport, settings: Mapping[str, Any] | None = None) -> Webhook:
    token = {"signature": {"scheme": "shared_token", "header": "x-token"}}
    secrets = {"signing": Secret("the-token")}
    return Webhook(Context(f"{stub.url}/hook", transport, {**LOOK_UPS, **token, **(settings or {})}, secrets))


async def test_a_record_is_the_object_at_its_address(stub: Stub, transport: Transport) -> None:
    stub.answer("/customers/C-1042", json={"id": 7, "name": "Ada"})

    assert await webhook(stub, transport).find(CUSTOMER) == Record("7", {"id": 7, "name": "Ada"})
    (asked,) = stub.received
    assert (asked.method, asked.query, asked.headers["x-token"], asked.body) == ("GET", "full=1", "the-token", b"")


async def test_one_without_an_id_is_called_by_the_key(stub: Stub, transport: Transport) -> None:
    stub.answer("/customers/C-1042", json={"name": "Ada"})

    assert await webhook(stub, transport).find(CUSTOMER) == Record("C-1042", {"name": "Ada"})


async def test_a_404_is_none(stub: Stub, transport: Transport) -> None:
    assert await webhook(stub, transport).find(CUSTOMER) is None


@pytest.mark.parametrize(
    ("status", "error"), [(401, AuthFailed), (400, Rejected), (410, Rejected), (500, Transient), (503, Transient)]
)
async def test_another_answer_is_the_error_that_it_stands_for(
    stub: Stub, transport: Transport, status: int, error: type[Exception]
) -> None:
    stub.answer("/customers/C-1042", status=status)
    with pytest.raises(error):
        await webhook(stub, transport).find(CUSTOMER)


@pytest.mark.parametrize("body", [b"[]", b"7", b"null", b"<html>"])
async def test_what_is_no_object_breaks_the_contract(stub: Stub, transport: Transport, body: bytes) -> None:
    stub.answer("/customers/C-1042", body=body)
    with pytest.raises(ContractBroken):
        await webhook(stub, transport).find(CUSTOMER)


@pytest.mark.parametrize(
    ("key", "path"), [("a/b", "/customers/a/b"), ("a?b#c", "/customers/a?b#c"), ("%2e%2e", "/customers/%2e%2e")]
)
async def test_a_key_is_one_segment_whatever_is_in_it(stub: Stub, transport: Transport, key: str, path: str) -> None:
    await webhook(stub, transport).find(Question("customer", key))
    assert (stub.received[0].path, stub.received[0].query) == (path, "full=1")


@pytest.mark.parametrize("key", [".", ".."])
async def test_a_key_that_leads_upwards_is_not_sent(stub: Stub, transport: Transport, key: str) -> None:
    with pytest.raises(Rejected):
        await webhook(stub, transport).find(Question("customer", key))
    assert stub.received == []


@pytest.mark.parametrize(
    "look_ups",
    [
        "/customers/{key}",
        {"customer": "https://elsewhere.example/{key}"},
        {"customer": "//elsewhere.example/{key}"},
        {"customer": "/customers"},
        {"customer": "/{key}/{key}"},
        {"customer": 7},
    ],
)
async def test_settings_that_lead_elsewhere_or_nowhere_are_refused(
    stub: Stub, transport: Transport, look_ups: Any
) -> None:
    with pytest.raises(Rejected, match="look_ups must be names with paths such as /customers/"):
        await webhook(stub, transport, {"look_ups": look_ups}).find(CUSTOMER)
    assert stub.received == []


@pytest.mark.parametrize("question", [Question("order", "7"), Question("customer", "7", "email")])
async def test_what_it_cannot_be_asked_for_is_said(stub: Stub, transport: Transport, question: Question) -> None:
    with pytest.raises(NotSupported):
        await webhook(stub, transport).find(question)
