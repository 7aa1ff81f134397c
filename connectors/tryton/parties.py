"""``party.upsert``: the party that the body names, made or brought up to date; one party results.

Body::

    {"match": {"code": "C-1042"},              or {"identifier": "cus_9"} or {"id": 7}
     "values": {"name": …, "active": true, "lang": "en", "email": …, "phone": …,
                "address": {"street", "postal_code", "city", "country": "BE"},
                "identifiers": [{"type": "eu_vat", "code": …}]}}

Fields that are left out stay as they are; an empty ``email`` or ``phone`` removes the first one. Tryton lets
nobody change an archived party: it must be made active again, here or by a person. Every party
that is made carries what it was matched by, so that it is found again when the answer was lost:
``code`` is Tryton's own number of the party and unique in its database, which decides a race between two
writers; ``identifier`` is stored as an identifier without a type, and only looked up.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.errors import Rejected
from connectors.messages import Operation, Receipt
from connectors.tryton import body as read
from connectors.tryton.party_changes import changes_to, in_order, new_party
from connectors.tryton.receipts import read_back, receipt
from connectors.tryton.resources import PARTY, Row
from connectors.tryton.rpc import Rpc

MATCHES = ("code", "identifier", "id")


async def upsert(rpc: Rpc, operation: Operation) -> Receipt:
    """Look first, always: then a lost answer, a takeover and a repetition all find the one party."""
    read.only(operation.body, ("match", "values"), "the body")
    match, values = read.mapping(operation.body, "match"), read.mapping(operation.body, "values")
    found = await find(rpc, match)
    if found is not None:
        return await _brought_up_to_date(rpc, found, values, operation)
    if "id" in match:
        raise Rejected("Tryton has no party with that id", detail="party_not_found")
    return await _made(rpc, match, values, operation)


async def find(rpc: Rpc, match: Mapping[str, Any]) -> Row | None:
    """The party that ``match`` names, archived or not; ``Rejected`` where it names several."""
    rows = await rpc.search_read(PARTY.model, _domain(match), PARTY.fields, limit=2)
    if len(rows) > 1:
        raise Rejected("more than one party in Tryton has that identifier", detail="party_ambiguous")
    return rows[0] if rows else None


def _domain(match: Mapping[str, Any]) -> list[Any]:
    given = [name for name in MATCHES if match.get(name) not in (None, "")]
    if len(given) != 1 or len(match) != 1:
        raise read.wrong("match", f"does not name a party by exactly one of {', '.join(MATCHES)}")
    if given == ["id"]:
        return [("id", "=", read.identifier(match, "id"))]
    if given == ["code"]:
        return [("code", "=", read.required(match, "code"))]
    theirs = [("code", "=", read.required(match, "identifier")), ("type", "=", None), ("active", "=", True)]
    return [("identifiers", "where", theirs)]


async def _made(rpc: Rpc, match: Mapping[str, Any], values: Mapping[str, Any], operation: Operation) -> Receipt:
    party = await new_party(rpc, match, values)
    try:
        [made] = await rpc.write(f"{PARTY.model}.create", [party], headers=operation.headers)
    except Rejected:
        # Somebody may have made it between our look and our write: the unique code refused ours.
        found = await find(rpc, match)
        if found is None:
            raise
        return await _brought_up_to_date(rpc, found, values, operation, calls=1)
    row = await read_back(rpc, PARTY, made)
    if values.get("active") is False:
        return await _brought_up_to_date(rpc, row, values, operation, calls=1)
    return await receipt(rpc, PARTY, row, keys=_keys(row), calls=1)


async def _brought_up_to_date(
    rpc: Rpc, row: Row, values: Mapping[str, Any], operation: Operation, *, calls: int = 0
) -> Receipt:
    """Write what differs, on the state that was read; nothing where nothing does."""
    steps = in_order(await changes_to(rpc, row, values))
    for changes in steps:
        timestamps = PARTY.timestamps(row)
        await rpc.write(f"{PARTY.model}.write", [row["id"]], changes, timestamps=timestamps, headers=operation.headers)
        row = await read_back(rpc, PARTY, row["id"])
    made_before = calls == 0 and not steps
    return await receipt(rpc, PARTY, row, keys=_keys(row), calls=calls + len(steps), found=made_before)


def _keys(row: Row) -> tuple[tuple[str, str], ...]:
    return (("customer", row["code"]),) if row["code"] else ()
