"""Parties are found, made in one call, and written only where they differ (``exchanges`` of a real trytond)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import orjson
import pytest

from connectors.errors import Rejected
from tests.connectors.replay import replay
from tests.connectors.stub import Stub
from tests.connectors.tryton.calls import ADA, answers_of, refused, written


async def test_a_party_that_is_new_is_made_in_one_call_with_all_its_parts(stub: Stub, connector: Any) -> None:
    playing = replay(stub, "tryton", "party_made")

    receipt = await written(connector(), "party.upsert", {"match": {"code": "C-1042"}, "values": ADA})

    assert playing.whole, playing.differences
    assert (receipt.calls, receipt.found, receipt.keys) == (1, False, (("customer", "C-1042"),))
    assert receipt.record == orjson.loads(receipt.response)
    assert {name: value for name, value in receipt.record.items() if name != "write_date"} == {
        "id": int(receipt.external_id),
        "code": "C-1042",
        "name": "Ada Lovelace",
        "active": True,
        "lang": "en",
        "email": "ada@example.com",
        "phone": "+32 2 123 45 67",
        "tax_id": "BE0403019261",
        "addresses": [{"street": "Rue Haute 1", "postal_code": "1000", "city": "Brussels", "country": "BE"}],
        "contacts": [
            {"type": "email", "value": "ada@example.com"},
            {"type": "phone", "value": "+32 2 123 45 67"},
        ],
        "identifiers": [{"type": "eu_vat", "code": "BE0403019261"}],
    }
    stamp = datetime.fromisoformat(receipt.record["write_date"])
    assert receipt.version == int(stamp.timestamp() * 1000)


async def test_a_party_matched_by_identifier_carries_it(stub: Stub, connector: Any) -> None:
    playing = replay(stub, "tryton", "party_made_by_identifier")

    receipt = await written(
        connector(), "party.upsert", {"match": {"identifier": "cus_9"}, "values": {"name": "Grace Hopper"}}
    )

    assert playing.whole, playing.differences
    assert receipt.record["identifiers"] == [{"type": None, "code": "cus_9"}]
    assert receipt.record["tax_id"] is None


async def test_only_what_differs_is_written_and_on_the_state_that_was_read(stub: Stub, connector: Any) -> None:
    playing = replay(stub, "tryton", "party_brought_up_to_date")
    values = {"name": "Ada King", "email": "king@example.com", "address": {"city": "Ghent"}}

    receipt = await written(connector(), "party.upsert", {"match": {"code": "C-1042"}, "values": values})

    assert playing.whole, playing.differences
    write = next(one.json() for one in stub.received if one.json()["method"].endswith(".write"))
    [[party], changes, context] = write["params"]
    [[before], _] = answers_of(playing, "model.party.party.search_read")
    assert party == before["id"]
    assert set(changes) == {"name", "contact_mechanisms", "addresses"}
    assert context["_timestamp"][f"party.party,{party}"] == before["_timestamp"]
    assert (
        context["_timestamp"][f"party.address,{before['addresses.'][0]['id']}"] == before["addresses."][0]["_timestamp"]
    )
    assert receipt.record["addresses"][0] == {**ADA["address"], "city": "Ghent"}  # type: ignore[dict-item]
    assert receipt.found is False


async def test_a_party_that_has_the_values_already_is_not_written(stub: Stub, connector: Any) -> None:
    playing = replay(stub, "tryton", "party_unchanged")

    receipt = await written(
        connector(),
        "party.upsert",
        {"match": {"code": "C-1042"}, "values": {"name": "Ada King", "email": "king@example.com"}},
    )

    assert playing.whole, playing.differences
    assert (receipt.calls, receipt.found) == (0, True)


async def test_a_refusal_names_no_values_and_keeps_the_answer(stub: Stub, connector: Any) -> None:
    replay(stub, "tryton", "party_refused")
    values = {"name": "Bad Number", "identifiers": [{"type": "eu_vat", "code": "BE123"}]}

    error = await refused(connector(), "party.upsert", {"match": {"code": "C-7"}, "values": values})

    assert type(error) is Rejected
    assert error.reason == 'Tryton refused: The European VAT Number "…" for party "…" is not valid.'
    assert error.detail == "UserError"
    assert b"BE123" in error.body


async def test_a_country_that_tryton_does_not_know_is_refused_before_anything_is_written(
    stub: Stub, connector: Any
) -> None:
    playing = replay(stub, "tryton", "party_with_unknown_country")

    error = await refused(
        connector(),
        "party.upsert",
        {"match": {"code": "C-8"}, "values": {"name": "Far Away", "address": {"country": "XX"}}},
    )

    assert playing.whole, playing.differences
    assert (type(error), error.detail) == (Rejected, "country_unknown")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, "'match' in the request does not name a party by exactly one of code, identifier, id"),
        (
            {"match": {"code": ""}},
            "'match' in the request does not name a party by exactly one of code, identifier, id",
        ),
        (
            {"match": {"code": "a", "id": 1}},
            "'match' in the request does not name a party by exactly one of code, identifier, id",
        ),
        ({"match": {"id": "seven"}}, "'id' in the request is not a record's id"),
        ({"match": {"code": 7}}, "'code' in the request is not text"),
        ({"match": ["code"]}, "'match' in the request is not an object"),
        (
            {"matches": {}},
            "'the body' in the request has matches; it can have match, values",
        ),
    ],
)
async def test_a_body_that_names_no_party_is_refused_unsent(
    stub: Stub, connector: Any, body: dict[str, Any], reason: str
) -> None:
    error = await refused(connector(), "party.upsert", body)

    assert (type(error), error.reason, error.detail) == (Rejected, reason, "invalid_body")
    assert stub.received == []


async def test_a_record_that_somebody_changed_behind_our_write_does_not_pass_for_ours(
    stub: Stub, connector: Any
) -> None:
    playing = replay(stub, "tryton", "party_made")
    answer = json.loads(playing.exchanges[-1]["response"]["body"])
    answer["result"][0]["write_uid"] = 1  # a person, between our write and our reading
    answer["result"][0]["write_date"]["year"] += 1
    playing.exchanges[-1]["response"]["body"] = json.dumps(answer)

    receipt = await written(connector(), "party.upsert", {"match": {"code": "C-1042"}, "values": ADA})

    assert receipt.record == {}
    assert orjson.loads(receipt.response)["code"] == "C-1042"
