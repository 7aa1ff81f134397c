"""A sale is drafted once under its reference, with amounts that never were floats."""

from __future__ import annotations

from typing import Any

from connectors.errors import Rejected
from tests.connectors.replay import replay
from tests.connectors.stub import Stub
from tests.connectors.tryton.calls import SALE, refused, written


async def test_a_sale_is_drafted_under_its_reference(stub: Stub, connector: Any) -> None:
    playing = replay(stub, "tryton", "sale_made")

    receipt = await written(connector(), "sale.create", SALE)

    assert playing.whole, playing.differences
    assert receipt.keys == (("customer", "C-1042"), ("order", receipt.external_id))
    assert {name: value for name, value in receipt.record.items() if name not in {"id", "write_date", "party"}} == {
        "number": None,
        "reference": "in_1042",
        "description": "Invoice in_1042",
        "comment": None,
        "state": "draft",
        "sale_date": None,
        "currency": "EUR",
        "untaxed_amount": "125.00",
        "tax_amount": "0",
        "total_amount": "125.00",
        "lines": [{"type": "line", "description": "Consulting", "quantity": 2.0, "unit_price": "62.50"}],
    }
    assert receipt.record["party"]["code"] == "C-1042"


async def test_a_sale_that_exists_is_the_result_of_a_takeover(stub: Stub, connector: Any) -> None:
    playing = replay(stub, "tryton", "sale_found")

    receipt = await written(connector(), "sale.create", SALE, takeover=True)

    assert playing.whole, playing.differences
    assert (receipt.found, receipt.calls) == (True, 0)
    assert receipt.record["reference"] == "in_1042"


async def test_a_reference_of_somebody_elses_sale_needs_a_person(stub: Stub, connector: Any) -> None:
    replay(stub, "tryton", "sale_for_another_party")

    error = await refused(connector(), "sale.create", {**SALE, "party": {"identifier": "cus_9"}})

    assert (type(error), error.detail) == (Rejected, "reference_taken")


async def test_a_price_that_went_through_a_float_is_refused(stub: Stub, connector: Any) -> None:
    replay(stub, "tryton", "sale_made")

    error = await refused(connector(), "sale.create", {**SALE, "lines": [{"unit_price": 62.5}]})

    assert error.reason == "'unit_price' in the request is not an amount as text, such as \"12.50\""
    assert not any(one.json()["method"].endswith(".create") for one in stub.received)


async def test_a_price_without_a_currency_is_refused(stub: Stub, connector: Any) -> None:
    replay(stub, "tryton", "sale_made")

    error = await refused(connector(), "sale.create", {**SALE, "currency": None})

    assert error.reason == "'currency' in the request is missing, and there are lines with prices"
