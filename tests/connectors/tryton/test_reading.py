"""Streams of Tryton are read from a cursor, which people may spoil."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.errors import ContractBroken, Rejected
from connectors.messages import Page
from connectors.tryton import reading
from connectors.tryton.connector import Tryton
from connectors.tryton.resources import PARTY
from connectors.tryton.rpc import Rpc
from tests.connectors.replay import replay
from tests.connectors.stub import Stub


async def read(connector: Tryton, stream: str, cursor: dict[str, Any]) -> list[Page]:
    return [page async for page in connector.read(stream, cursor)]


async def test_records_are_read_with_the_versions_that_receipts_have(stub: Stub, connector: Any) -> None:
    playing = replay(stub, "tryton", "records_read")
    tryton = connector()

    [parties], [sales] = await read(tryton, "party", {}), await read(tryton, "sale", {})

    assert playing.whole, playing.differences
    names = [record.fields["name"] for record in parties.records]
    assert names == ["Our Company", "Ada King", "Grace Hopper"]
    assert parties.total == 3
    assert set(parties.records[0].fields) == set(Tryton.streams[0].fields)
    assert set(sales.records[0].fields) == set(Tryton.streams[1].fields)
    newest = max(record.changed_at for record in parties.records if record.changed_at)
    assert parties.cursor["upto"] == newest.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert "after" not in parties.cursor
    assert parties.last


async def test_a_page_has_the_size_that_its_reader_asks_for(stub: Stub, connector: Any) -> None:
    replay(stub, "tryton", "records_read")

    await read(connector(page_size=7), "party", {})

    calls = [received.json() for received in stub.received]
    limits = [call["params"][2] for call in calls if call["method"] == "model.party.party.search_read"]
    assert limits[-1] == 7


async def test_all_ids_are_listed_for_the_sweep(stub: Stub, connector: Any) -> None:
    replay(stub, "tryton", "ids_listed")

    assert [ids async for ids in connector().identifiers("party")] == [("1", "2", "3")]


@pytest.mark.parametrize("second", [[1, 2], [2, 3], [4, 3]])
async def test_ids_that_do_not_grow_are_not_listed_for_ever(
    connector: Any, monkeypatch: pytest.MonkeyPatch, second: list[int]
) -> None:
    lists = iter([[1, 2], second])

    async def search(*_: Any) -> list[int]:
        return next(lists)

    monkeypatch.setattr(Rpc, "read", search)
    with pytest.raises(ContractBroken, match=r"in the order of ids$"):
        async for _ in reading.identifiers(Rpc(connector().context), PARTY, size=2):
            pass


@pytest.mark.parametrize(
    ("cursor", "reason"),
    [
        ({"since": "yesterday"}, "the cursor's 'since' is not a time such as 2026-11-21T23:00:00Z"),
        ({"since": 12}, "the cursor's 'since' is not a time such as 2026-11-21T23:00:00Z"),
        ({"after": "7"}, "the cursor's 'after' is '7' and not an id"),
        ({"after": True}, "the cursor's 'after' is True and not an id"),
    ],
)
async def test_a_cursor_that_a_person_spoiled_is_refused(connector: Any, cursor: dict[str, Any], reason: str) -> None:
    with pytest.raises(Rejected) as caught:
        await read(connector(), "party", cursor)
    assert caught.value.reason == reason
