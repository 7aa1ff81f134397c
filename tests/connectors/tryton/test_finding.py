"""One party or sale is looked up as a read of its stream gives it (``exchanges`` of a real trytond)."""

from __future__ import annotations

import json

import pytest

from connectors.errors import NotSupported, Rejected
from connectors.messages import Question
from tests.connectors.replay import replay
from tests.connectors.stub import Stub
from tests.connectors.tryton.calls import Make


async def test_a_party_is_found_by_its_code(stub: Stub, connector: Make) -> None:
    playing = replay(stub, "tryton", "party_unchanged")

    found = await connector("password").find(Question("party", "C-1042", "code"))

    assert playing.differences == []
    assert found is not None
    assert (found.fields["code"], found.fields["name"], found.id) == ("C-1042", "Ada King", str(found.fields["id"]))


async def test_a_party_that_is_not_there_is_none(stub: Stub, connector: Make) -> None:
    playing = replay(stub, "tryton", "party_made")

    assert await connector("password").find(Question("party", "C-1042", "code")) is None
    assert playing.differences == []


async def test_a_sale_is_asked_for_by_the_field_that_is_named(stub: Stub, connector: Make) -> None:
    playing = replay(stub, "tryton", "sale_found")
    # Our question without the look for the party that the recorded write began with.
    playing.exchanges = [one for one in playing.exchanges if "party.party" not in one["request"]["body"]]

    found = await connector("password").find(Question("sale", "in_1042", "reference"))

    assert found is not None
    assert found.fields["reference"] == "in_1042"
    asked = json.loads(stub.received[-1].body)
    assert (asked["method"], asked["params"][0]) == ("model.sale.sale.search_read", [["reference", "=", "in_1042"]])


@pytest.mark.parametrize(("stream", "by"), [("invoice", ""), ("party", "name"), ("sale", "party")])
async def test_what_it_cannot_be_asked_for_is_said(connector: Make, stream: str, by: str) -> None:
    with pytest.raises(NotSupported):
        await connector("password").find(Question(stream, "x", by))


async def test_an_id_is_a_number(stub: Stub, connector: Make) -> None:
    with pytest.raises(Rejected, match="is not a record's id"):
        await connector("password").find(Question("sale", "seven"))
    assert stub.received == []
