"""What is recorded, and replayed by the tests of the connectors: each a name and what the connector is asked to do."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from connectors.errors import ConnectorError
from connectors.interface import Context
from connectors.messages import Operation, Secret
from connectors.tryton import sessions
from connectors.tryton.connector import Tryton as Connector
from connectors.tryton.rpc import Rpc
from tests.peers.rig import Tryton

TrytonScenario = Callable[[Context, Tryton], Awaitable[None]]

ADA: Mapping[str, Any] = {
    "name": "Ada Lovelace",
    "email": "ada@example.com",
    "phone": "+32 2 123 45 67",
    "lang": "en",
    "address": {"street": "Rue Haute 1", "postal_code": "1000", "city": "Brussels", "country": "BE"},
    "identifiers": [{"type": "eu_vat", "code": "BE0403019261"}],
}
SALE: Mapping[str, Any] = {
    "reference": "in_1042",
    "party": {"code": "C-1042"},
    "description": "Invoice in_1042",
    "currency": "EUR",
    "lines": [{"description": "Consulting", "quantity": 2, "unit_price": "62.50"}],
}


def party(match: Mapping[str, Any], values: Mapping[str, Any]) -> Operation:
    """A ``party.upsert``."""
    return Operation("party.upsert", {"match": match, "values": values}, key="recorded")


def _writes(*operations: Operation) -> TrytonScenario:
    async def scenario(context: Context, _: Tryton) -> None:
        await Connector(context).write(operations)

    return scenario


async def _checks(context: Context, _: Tryton) -> None:
    await Connector(context).check()


async def _reads(context: Context, _: Tryton) -> None:
    async for _page in Connector(context).read("party", {}):
        pass
    async for _page in Connector(context).read("sale", {}):
        pass


async def _lists_ids(context: Context, _: Tryton) -> None:
    async for _ids in Connector(context).identifiers("party"):
        pass


async def _fails_inside(context: Context, _: Tryton) -> None:
    with suppress(ConnectorError):
        await Rpc(context).read("party.nothing.search", [], 0, None, None)


async def _calls_what_is_not_open(context: Context, _: Tryton) -> None:
    with suppress(ConnectorError):
        await Rpc(context).read("party.party.not_open", [])


async def _has_an_old_session(context: Context, erp: Tryton) -> None:
    """A session that the server does not know any more: it says 401, and one log-in mends it."""
    account = sessions.Account(erp.base_url, erp.database, erp.user, Secret(erp.password))
    proof = base64.b64encode(f"{erp.user}:2:{'0' * 64}".encode()).decode()
    sessions._kept[account.key] = sessions.Session(2, Secret(f"Session {proof}"), {})
    await Connector(context).write([party({"code": "C-1042"}, {"name": "Ada King"})])


async def _writes_on_an_old_state(context: Context, _: Tryton) -> None:
    [found] = await Rpc(context).read("party.party.search", [("code", "=", "C-1042")], 0, None, None)
    with suppress(ConnectorError):
        timestamps = {f"party.party,{found}": "1.0"}
        await Rpc(context).write("party.party.write", [found], {"name": "Nobody"}, timestamps=timestamps)


async def _has_the_wrong_password(context: Context, _: Tryton) -> None:
    with suppress(ConnectorError):
        await Rpc(replace(context, secrets={"password": Secret("wrong")})).user_id()


TRYTON: Mapping[str, TrytonScenario] = {
    "check": _checks,
    "party_made": _writes(party({"code": "C-1042"}, ADA)),
    "party_made_by_identifier": _writes(party({"identifier": "cus_9"}, {"name": "Grace Hopper"})),
    "party_brought_up_to_date": _writes(
        party({"code": "C-1042"}, {"name": "Ada King", "email": "king@example.com", "address": {"city": "Ghent"}})
    ),
    "party_unchanged": _writes(party({"code": "C-1042"}, {"name": "Ada King", "email": "king@example.com"})),
    "party_refused": _writes(
        party({"code": "C-7"}, {"name": "Bad Number", "identifiers": [{"type": "eu_vat", "code": "BE123"}]})
    ),
    "party_with_unknown_country": _writes(party({"code": "C-8"}, {"name": "Far Away", "address": {"country": "XX"}})),
    "sale_made": _writes(Operation("sale.create", SALE, key="recorded")),
    "sale_found": _writes(Operation("sale.create", SALE, key="recorded", takeover=True)),
    "sale_for_another_party": _writes(
        Operation("sale.create", {**SALE, "party": {"identifier": "cus_9"}}, key="recorded")
    ),
    "records_read": _reads,
    "ids_listed": _lists_ids,
    "old_session": _has_an_old_session,
    "old_state": _writes_on_an_old_state,
    "failed_inside": _fails_inside,
    "method_not_open": _calls_what_is_not_open,
    "wrong_password": _has_the_wrong_password,
}


def customer(match: Mapping[str, Any], values: Mapping[str, Any], key: str, *, takeover: bool = False) -> Operation:
    """A ``customer.upsert``."""
    return Operation("customer.upsert", {"match": match, "values": values}, key=key, takeover=takeover)


GRACE: Mapping[str, Any] = {
    "name": "Grace Hopper",
    "email": "grace@example.com",
    "address": {"line1": "Rue Haute 2", "city": "Brussels", "country": "BE"},
    "metadata": {"segment": "navy"},
}

STRIPE: Mapping[str, list[Operation]] = {
    "customer_made": [customer({"foreign_id": "C-9"}, GRACE, "key-1")],
    "customer_found_after_a_lost_answer": [customer({"foreign_id": "C-9"}, GRACE, "key-1", takeover=True)],
    "customer_brought_up_to_date": [customer({"foreign_id": "C-9"}, {"name": "Rear Admiral Hopper"}, "key-2")],
    "customer_made_by_email": [customer({"email": "mary@example.com"}, {"name": "Mary Somerville"}, "key-3")],
    "customer_unknown": [customer({"id": "cus_unknown"}, {"name": "Nobody"}, "key-4")],
    "customer_refused": [customer({"email": "new@example.com"}, {"nmae": "A typing error"}, "key-5")],
}
