"""The Stripe connector keeps the rules of all connectors, and reads customers page by page."""

from __future__ import annotations

import json
from typing import ClassVar
from urllib.parse import parse_qs

import pytest
from aiohttp import web

from connectors.errors import ContractBroken
from connectors.messages import Effect
from connectors.stripe.connector import Stripe
from connectors.stripe.forms import form
from tests.connectors.replay import scenarios
from tests.connectors.stripe.calls import GRACE, KEY, Make, upsert
from tests.connectors.stub import Stub
from tests.connectors.suite import ConnectorSuite


class TestStripe(ConnectorSuite):
    connector = Stripe
    settings: ClassVar = {"api_version": "2026-10-28"}
    secrets: ClassVar = {"api_key": KEY}
    samples: ClassVar = {"customer.upsert": {"match": {"foreign_id": "C-9"}, "values": GRACE}}


async def test_the_version_and_the_trace_are_sent(stub: Stub, connector: Make) -> None:
    stub.answer("*", status=500)
    trace = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}

    await connector(api_version="2026-10-28").write([upsert({"id": "cus_1"}, GRACE, headers=trace)])

    [sent] = stub.received
    assert sent.headers["stripe-version"] == "2026-10-28"
    assert sent.headers["traceparent"] == trace["traceparent"]


async def test_check_tells_the_version_of_the_api(stub: Stub, connector: Make) -> None:
    stub.answer("*", json={"object": "list", "data": []}, headers={"stripe-version": "2026-10-28"})

    health = await connector().check()

    assert (health.ok, health.version) == (True, "2026-10-28")


def _pages_of_two(stub: Stub) -> None:
    names = [f"cus_{number}" for number in range(5)]

    async def answer(request: web.Request) -> web.Response:
        after = request.query.get("starting_after")
        start = names.index(after) + 1 if after else 0
        found = [{"object": "customer", "id": name} for name in names[start : start + 2]]
        return web.json_response({"object": "list", "data": found, "has_more": start + 2 < len(names)})

    stub.behave("*", answer)


async def test_all_customers_are_read_and_a_pass_goes_on_where_it_broke_off(stub: Stub, connector: Make) -> None:
    _pages_of_two(stub)

    pages = [page async for page in connector().read("customer", {})]
    rest = [page async for page in connector().read("customer", pages[0].cursor)]

    assert [[record.id for record in page.records] for page in pages] == [
        ["cus_0", "cus_1"],
        ["cus_2", "cus_3"],
        ["cus_4"],
    ]
    assert [page.cursor for page in pages] == [{"after": "cus_1"}, {"after": "cus_3"}, {}]
    assert [page.last for page in pages] == [False, False, True]
    assert rest == pages[1:]


async def test_a_list_that_begins_anew_on_every_page_is_not_read_for_ever(stub: Stub, connector: Make) -> None:
    found = [{"object": "customer", "id": name} for name in ("cus_0", "cus_1")]
    stub.answer("*", json={"object": "list", "data": found, "has_more": True})
    read = connector().read("customer", {})

    first = await anext(read)
    with pytest.raises(ContractBroken, match="a proxy may drop 'starting_after'"):
        await anext(read)

    assert [record.id for record in first.records] == ["cus_0", "cus_1"]


@pytest.mark.parametrize(("wanted", "limit"), [(7, "7"), (5_000, "100")])
async def test_a_page_has_the_size_that_its_reader_asks_for(
    stub: Stub, connector: Make, wanted: int, limit: str
) -> None:
    _pages_of_two(stub)

    async for _ in connector(page_size=wanted).read("customer", {}):
        pass

    assert {parse_qs(received.query)["limit"][0] for received in stub.received} == {limit}


def test_nested_values_become_fields_with_brackets() -> None:
    values = {"name": "Ada", "address": {"city": "Ghent"}, "tags": ["a", {"b": True}], "phone": None, "balance": -1250}

    assert form(values) == [
        ("name", "Ada"),
        ("address[city]", "Ghent"),
        ("tags[0]", "a"),
        ("tags[1][b]", "true"),
        ("phone", ""),
        ("balance", "-1250"),
    ]


def test_its_one_operation_is_keyed_for_a_day() -> None:
    spec = Stripe.operation("customer.upsert")

    assert (spec.effect, spec.key_lifetime) == (Effect.KEYED, 86_400)


async def test_where_the_key_is_ignored_the_operation_is_unsafe(connector: Make) -> None:
    [keyed] = (await connector().discover()).operations
    [unkeyed] = (await connector(honours_idempotency_key=False).discover()).operations

    assert (keyed.effect, unkeyed.effect, unkeyed.key_lifetime) == (Effect.KEYED, Effect.UNSAFE, None)


def test_every_exchange_says_where_it_comes_from() -> None:
    for path in scenarios("stripe"):
        provenance = json.loads(path.read_text())["provenance"]
        assert provenance["from"].startswith("localstripe 1.15")
