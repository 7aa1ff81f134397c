"""The ERP's side: everything is read while people work, and nothing is made twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from connectors.errors import AuthFailed, OutcomeUnknown, Rejected, Transient
from connectors.interface import Context
from connectors.messages import Operation, Page, Receipt, Secret
from connectors.transport import Transport
from connectors.tryton import reading
from connectors.tryton.connector import Tryton as Connector
from connectors.tryton.resources import PARTY
from connectors.tryton.rpc import Rpc
from tests.peers.losing import Interrupted, LosesAnswers
from tests.peers.rig import Tryton

pytestmark = pytest.mark.peers


def context(erp: Tryton, transport: Transport, *, password: str | None = None) -> Context:
    """What the product would give the connector."""
    secrets = {"password": Secret(password or erp.password)}
    return Context(erp.base_url, transport, {"database": erp.database, "user": erp.user}, secrets)


async def write(erp: Tryton, transport: Transport, name: str, body: dict[str, Any], *, takeover: bool = False) -> Any:
    """The result of one operation."""
    operation = Operation(name, body, key="key", takeover=takeover)
    return (await Connector(context(erp, transport)).write([operation]))[0]


def calls(method: str) -> Callable[[str, dict[str, Any]], bool]:
    """Whether a request is a call of that RPC method."""
    return lambda _, sent: (sent.get("json") or {}).get("method") == f"model.{method}"


async def whole_window(
    erp: Tryton, transport: Transport, cursor: dict[str, Any], *, meanwhile: Callable[[int], None] | None = None
) -> list[Page]:
    """One window in pages of two; ``meanwhile`` is what people do after each page."""
    pages: list[Page] = []
    reader = reading.pages(
        Rpc(context(erp, transport)), PARTY, cursor, Connector(context(erp, transport)).context.now, size=2
    )
    async for page in reader:
        pages.append(page)
        if meanwhile:
            meanwhile(len(pages))
    return pages


# -- reading ---------------------------------------------------------------------------------------------


async def test_check_logs_in_and_reads(tryton: Tryton, transport: Transport) -> None:
    health = await Connector(context(tryton, transport)).check()

    assert (health.ok, health.version) == (True, "8.2")


async def test_all_parties_are_read_in_small_pages_while_people_change_them(
    tryton: Tryton, transport: Transport
) -> None:
    tryton.rpc("party.party.create", [{"name": f"Bulk {number}"} for number in range(7)])  # one stamp for all
    archived = tryton.party("Archived")
    tryton.edit_party(archived, active=False)
    first = tryton.parties()[0]["id"]

    def people(page: int) -> None:
        if page == 2:
            tryton.edit_party(first, name="Changed behind the reader")
            tryton.party("Made while reading")

    seen: dict[str, Any] = {}
    pages = await whole_window(tryton, transport, {}, meanwhile=people)
    pages += await whole_window(tryton, transport, dict(pages[-1].cursor))
    for page in pages:
        seen |= {record.id: record.fields["name"] for record in page.records}

    assert seen == {str(party["id"]): party["name"] for party in tryton.parties()}
    assert str(archived) in seen
    assert seen[str(first)] == "Changed behind the reader"
    assert all(len(page.records) <= 2 for page in pages)


async def test_a_change_of_an_address_alone_is_a_change_of_its_party(tryton: Tryton, transport: Transport) -> None:
    party = tryton.party("Moves House", addresses=[["create", [{"street": "Old Street 1"}]]])
    before = await _record(tryton, transport, party)
    [address] = tryton.rpc("party.address.search", [["party", "=", party]], 0, None, None)
    after_that = {"since": before.fields["write_date"]}

    tryton.rpc("party.address.write", [address], {"street": "New Street 2"})

    window = await whole_window(tryton, transport, after_that)
    [found] = [record for page in window for record in page.records if record.id == str(party)]
    assert found.fields["addresses"][0]["street"] == "New Street 2"
    assert found.version is not None
    assert before.version is not None
    assert found.version > before.version


async def _record(erp: Tryton, transport: Transport, party: int) -> Any:
    pages = await whole_window(erp, transport, {})
    return next(record for page in pages for record in page.records if record.id == str(party))


async def test_a_stream_at_rest_reads_nothing_again(tryton: Tryton, transport: Transport) -> None:
    rpc, clock = Rpc(context(tryton, transport)), Connector(context(tryton, transport)).context.now
    later = lambda: clock() + timedelta(minutes=6)  # noqa: E731 - a clock
    cursor = [page async for page in reading.pages(rpc, PARTY, {}, clock)][-1].cursor
    cursor = [page async for page in reading.pages(rpc, PARTY, cursor, later)][-1].cursor

    at_rest = [page async for page in reading.pages(rpc, PARTY, cursor, later)]

    assert [page.records for page in at_rest] == [()]


async def test_ids_are_listed_for_the_sweep(tryton: Tryton, transport: Transport) -> None:
    gone = tryton.party("Soon Gone")
    tryton.rpc("party.party.delete", [gone])

    listed = [one async for ids in Connector(context(tryton, transport)).identifiers("party") for one in ids]

    assert listed == [str(party["id"]) for party in tryton.parties()]
    assert str(gone) not in listed


# -- parties ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("match", [{"code": "P-1"}, {"identifier": "cus_p1"}])
async def test_a_party_upserted_twice_is_one_party(tryton: Tryton, transport: Transport, match: dict[str, str]) -> None:
    body = {"match": match, "values": {"name": "Once", "email": "once@example.com"}}

    made = await write(tryton, transport, "party.upsert", body)
    again = await write(tryton, transport, "party.upsert", body, takeover=True)
    changed = await write(tryton, transport, "party.upsert", {"match": match, "values": {"email": "new@example.com"}})

    assert [(one.calls, one.found) for one in (made, again, changed)] == [(1, False), (0, True), (1, False)]
    assert len({one.external_id for one in (made, again, changed)}) == 1
    assert again.record == made.record
    assert again.version == made.version < changed.version
    [stored] = tryton.parties(["id", "=", int(made.external_id)])
    assert (stored["name"], stored["email"]) == ("Once", "new@example.com")


async def test_a_receipt_holds_what_the_stream_will_read(tryton: Tryton, transport: Transport) -> None:
    address = {"street": "Rue Haute 1", "postal_code": "1000", "city": "Brussels", "country": "BE"}
    values = {"name": "Echo", "lang": "en", "phone": "+32 2 123 45 67", "address": address}

    receipt = await write(tryton, transport, "party.upsert", {"match": {"code": "P-ECHO"}, "values": values})

    read = await _record(tryton, transport, int(receipt.external_id))
    assert (read.fields, read.version) == (receipt.record, receipt.version)


async def test_a_party_whose_answer_was_lost_is_found_by_the_takeover(tryton: Tryton) -> None:
    body = {"match": {"identifier": "cus_lost"}, "values": {"name": "Lost"}}
    async with LosesAnswers(after=calls("party.party.create")) as lossy:
        lost = await write(tryton, lossy, "party.upsert", body)
        taken_over = await write(tryton, lossy, "party.upsert", body, takeover=True)

    assert type(lost) is OutcomeUnknown
    assert (taken_over.found, taken_over.calls) == (True, 0)
    assert len(tryton.parties(["identifiers.code", "=", "cus_lost"])) == 1


async def test_two_writers_of_one_code_make_one_party(tryton: Tryton) -> None:
    def somebody_is_quicker() -> None:
        tryton.party("Theirs", code="P-RACE")

    body = {"match": {"code": "P-RACE"}, "values": {"name": "Ours"}}
    async with Interrupted(calls("party.party.create"), somebody_is_quicker) as slow:
        receipt = await write(tryton, slow, "party.upsert", body)

    assert isinstance(receipt, Receipt)
    assert receipt.calls == 2
    assert [party["name"] for party in tryton.parties(["code", "=", "P-RACE"])] == ["Ours"]


@pytest.mark.parametrize("part", [False, True], ids=["the party", "its address"])
async def test_an_edit_in_between_is_not_overwritten_but_tried_again(
    tryton: Tryton, transport: Transport, part: bool
) -> None:
    party = tryton.party("Shared", addresses=[["create", [{"city": "Brussels"}]]])
    [address] = tryton.rpc("party.address.search", [["party", "=", party]], 0, None, None)

    def a_person_edits() -> None:
        if part:
            tryton.rpc("party.address.write", [address], {"street": "By a person"})
        else:
            tryton.edit_party(party, name="By a person")

    body = {"match": {"id": party}, "values": {"address": {"city": "Ghent"}}}
    async with Interrupted(calls("party.party.write"), a_person_edits) as slow:
        first = await write(tryton, slow, "party.upsert", body)
    second = await write(tryton, transport, "party.upsert", body)

    assert (type(first), first.detail) == (Transient, "ConcurrencyException")
    assert isinstance(second, Receipt)
    [stored] = tryton.rpc("party.address.read", [address], ["city", "street"])
    assert stored["city"] == "Ghent"
    assert (stored["street"] == "By a person") is part


async def test_what_a_person_changed_behind_our_write_does_not_pass_for_ours(tryton: Tryton) -> None:
    party = tryton.party("Ours at First")
    reads = 0

    def second_reading(_: str, sent: dict[str, Any]) -> bool:
        nonlocal reads
        reads += calls("party.party.search_read")("", sent)
        return reads == 2

    async with Interrupted(second_reading, lambda: tryton.edit_party(party, name="Theirs")) as slow:
        receipt = await write(tryton, slow, "party.upsert", {"match": {"id": party}, "values": {"name": "Ours"}})

    assert receipt.record == {}
    assert b"Theirs" in receipt.response


async def test_a_party_is_archived_and_comes_back_changed(tryton: Tryton, transport: Transport) -> None:
    match = {"code": "P-ARCHIVE"}

    async def with_values(**values: Any) -> Any:
        return await write(tryton, transport, "party.upsert", {"match": match, "values": values})

    made = await with_values(name="Archived at Once", active=False)
    refused = await with_values(name="Not While Archived")
    back = await with_values(name="Back", active=True)
    gone = await with_values(name="Gone Again", active=False)

    assert [(one.calls, one.record["active"]) for one in (made, back, gone)] == [(2, False), (2, True), (2, False)]
    assert type(refused) is Rejected
    [stored] = tryton.parties(["code", "=", "P-ARCHIVE"])
    assert (stored["name"], bool(stored["active"])) == ("Gone Again", False)


async def test_a_bad_tax_number_is_rejected(tryton: Tryton, transport: Transport) -> None:
    values = {"name": "Bad", "identifiers": [{"type": "eu_vat", "code": "BE123"}]}

    error = await write(tryton, transport, "party.upsert", {"match": {"code": "P-BAD"}, "values": values})

    assert (type(error), error.detail) == (Rejected, "UserError")
    assert tryton.parties(["code", "=", "P-BAD"]) == []


# -- sales -----------------------------------------------------------------------------------------------


def sale(reference: str, code: str, **more: Any) -> dict[str, Any]:
    lines = [{"description": "Consulting", "quantity": 2, "unit_price": "62.50"}]
    return {"reference": reference, "party": {"code": code}, "currency": "EUR", "lines": lines} | more


async def test_a_sale_is_drafted_with_its_money_to_the_cent(tryton: Tryton, transport: Transport) -> None:
    tryton.party("Buyer", code="B-1")

    receipt = await write(tryton, transport, "sale.create", sale("R-1", "B-1", description="Invoice R-1"))

    [stored] = tryton.sales("R-1")
    assert stored["total_amount"] == {"__class__": "Decimal", "decimal": "125.00"}
    assert (stored["state"], stored["description"], stored["party."]["code"]) == ("draft", "Invoice R-1", "B-1")
    assert receipt.record["total_amount"] == "125.00"
    assert receipt.keys == (("customer", "B-1"), ("order", str(stored["id"])))


async def test_a_sale_whose_answer_was_lost_is_one_sale(tryton: Tryton) -> None:
    tryton.party("Buyer", code="B-2")
    async with LosesAnswers(after=calls("sale.sale.create")) as lossy:
        lost = await write(tryton, lossy, "sale.create", sale("R-2", "B-2"))
        taken_over = await write(tryton, lossy, "sale.create", sale("R-2", "B-2"), takeover=True)

    assert type(lost) is OutcomeUnknown
    assert (taken_over.found, taken_over.calls) == (True, 0)
    assert [str(one["id"]) for one in tryton.sales("R-2")] == [taken_over.external_id]
    assert taken_over.record["reference"] == "R-2"


async def test_a_reference_of_another_partys_sale_is_refused(tryton: Tryton, transport: Transport) -> None:
    tryton.draft_sale(tryton.party("First", code="B-3"), "R-3")
    tryton.party("Second", code="B-4")

    error = await write(tryton, transport, "sale.create", sale("R-3", "B-4"))

    assert (type(error), error.detail) == (Rejected, "reference_taken")
    assert len(tryton.sales("R-3")) == 1


async def test_a_sale_for_nobody_is_refused(tryton: Tryton, transport: Transport) -> None:
    error = await write(tryton, transport, "sale.create", sale("R-4", "B-NOBODY"))

    assert (type(error), error.detail) == (Rejected, "party_not_found")


async def test_the_address_is_filled_in_as_in_trytons_own_client(tryton: Tryton, transport: Transport) -> None:
    party = tryton.party("Has an Address", code="B-5", addresses=[["create", [{"street": "Here 1"}]]])
    [address] = tryton.rpc("party.address.search", [["party", "=", party]], 0, None, None)

    await write(tryton, transport, "sale.create", sale("R-5", "B-5"))

    [stored] = tryton.rpc("sale.sale.search_read", [["reference", "=", "R-5"]], 0, None, None, ["invoice_address"])
    assert stored["invoice_address"] == address


# -- a server in trouble -----------------------------------------------------------------------------------


async def test_a_wrong_password_is_the_credentials_fault(tryton: Tryton, transport: Transport) -> None:
    wrong = Connector(context(tryton, transport, password="not it"))

    [error] = await wrong.write([Operation("party.upsert", {"match": {"code": "x"}, "values": {"name": "x"}}, key="k")])

    assert (type(error), error.status) == (AuthFailed, 401)


async def test_many_writers_at_once_all_succeed(tryton: Tryton, transport: Transport) -> None:
    tryton.party("Busy", code="B-6")
    drafted: list[Awaitable[Any]] = [
        write(tryton, transport, "sale.create", sale(f"MANY-{number}", "B-6")) for number in range(12)
    ]

    results = await asyncio.gather(*drafted)

    assert [type(one) for one in results] == [Receipt] * 12
    assert len({one.external_id for one in results}) == 12


async def test_a_stopped_server_is_transient_and_back_with_the_same_session(
    tryton: Tryton, transport: Transport
) -> None:
    tryton.party("Night Shift", code="B-7")
    connector = Connector(context(tryton, transport))

    tryton.stop()
    try:
        away = await write(tryton, transport, "sale.create", sale("R-7", "B-7"))
        health = await connector.check()
    finally:
        tryton.start()
    back = await write(tryton, transport, "sale.create", sale("R-7", "B-7"), takeover=True)

    assert type(away) is Transient
    assert health.ok is False
    assert isinstance(back, Receipt)
    assert len(tryton.sales("R-7")) == 1
