"""``sale.create``: a draft sale under a reference; one sale for one reference results.

Body::

    {"reference": "INV-7", "party": {"code": "C-1042"},     or {"identifier": …} or {"id": …}
     "description": …, "comment": …, "sale_date": "2026-11-21", "currency": "EUR",
     "lines": [{"description": …, "quantity": 2, "unit_price": "12.50"}]}

``reference`` and ``party`` are required, and ``currency`` where there are lines: an amount without its currency
would be read in the company's. A sale that has the reference already *is* the result (``found``),
unless it belongs to somebody else: then a person must look. Address and payment term are filled in by
Tryton's own rules for the party, as in its client.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from connectors.errors import Rejected
from connectors.messages import Operation, Receipt
from connectors.tryton import body as read
from connectors.tryton.parties import find as find_party
from connectors.tryton.receipts import read_back, receipt
from connectors.tryton.resources import SALE, Row, one
from connectors.tryton.rpc import Rpc

BODY = ("reference", "party", "description", "comment", "sale_date", "currency", "lines")
#: What Tryton proposes for a party that we take over, where the body does not say otherwise.
PROPOSED = ("invoice_party", "invoice_address", "shipment_party", "shipment_address", "payment_term")


async def create(rpc: Rpc, operation: Operation) -> Receipt:
    """Look first, always: the reference is what a sale is found again by."""
    body = operation.body
    read.only(body, BODY, "the body")
    reference = read.required(body, "reference")
    party = await _party(rpc, body)
    if found := await _by_reference(rpc, reference):
        return await _taken_for_ours(rpc, found, party)
    sale = await _new_sale(rpc, body, reference, party)
    [made] = await rpc.write(f"{SALE.model}.create", [sale], headers=operation.headers)
    row = await read_back(rpc, SALE, made)
    return await receipt(rpc, SALE, row, keys=_keys(row), calls=1)


async def _party(rpc: Rpc, body: Mapping[str, Any]) -> int:
    found = await find_party(rpc, read.mapping(body, "party"))
    if found is None:
        raise Rejected("Tryton does not have the party that this sale is for", detail="party_not_found")
    return int(found["id"])


async def _by_reference(rpc: Rpc, reference: str) -> Row | None:
    """The oldest sale with that reference, cancelled ones too: what a person cancelled is not made anew."""
    rows = await rpc.search_read(SALE.model, [("reference", "=", reference)], SALE.fields, limit=1)
    return rows[0] if rows else None


async def _taken_for_ours(rpc: Rpc, row: Row, party: int) -> Receipt:
    if one(row, "party", "id") != party:
        raise Rejected("the sale with this reference in Tryton is for another party", detail="reference_taken")
    return await receipt(rpc, SALE, row, keys=_keys(row), calls=0, found=True)


async def _new_sale(rpc: Rpc, body: Mapping[str, Any], reference: str, party: int) -> dict[str, Any]:
    given: dict[str, Any] = {"reference": reference, "party": party}
    given |= {name: value for name in ("description", "comment") if (value := read.text(body, name))}
    if day := read.text(body, "sale_date"):
        given["sale_date"] = _day(day)
    if currency := read.text(body, "currency"):
        given["currency"] = await _currency(rpc, currency)
    if lines := [_line(line) for line in read.objects(body, "lines")]:
        if "currency" not in given:
            raise read.wrong("currency", "is missing, and there are lines with prices")
        given["lines"] = [["create", lines]]
    proposed = await rpc.read(f"{SALE.model}.on_change", {"id": -1, "party": party, "lines": []}, ["party"])
    return {name: proposed[name] for name in PROPOSED if proposed.get(name)} | given


def _line(line: Mapping[str, Any]) -> dict[str, Any]:
    read.only(line, ("description", "quantity", "unit_price"), "'lines'")
    quantity = line.get("quantity", 1)
    if isinstance(quantity, bool) or not isinstance(quantity, int | float):
        raise read.wrong("quantity", "is not a number")
    return {
        "type": "line",
        "description": read.text(line, "description"),
        "quantity": quantity,
        "unit_price": read.money(line, "unit_price"),
    }


async def _currency(rpc: Rpc, code: str) -> int:
    found = await rpc.read("currency.currency.search", [("code", "=", code.upper())], 0, 1, None)
    if not found:
        raise Rejected(f"Tryton has no currency {code[:10]!r}", detail="currency_unknown")
    return int(found[0])


def _day(raw: str) -> date:
    try:
        return date.fromisoformat(raw)
    except ValueError:
        raise read.wrong("sale_date", "is not a date such as 2026-11-21") from None


def _keys(row: Row) -> tuple[tuple[str, str], ...]:
    """The customer's code, and the sale by its number (by its id while it is a draft without one)."""
    customer = one(row, "party", "code")
    order = ("order", str(row["number"] or row["id"]))
    return (("customer", customer), order) if customer else (order,)
