"""The kinds of record that this connector reads and writes: their models, fields and shape.

A party is more than its row: addresses, contact mechanisms and identifiers are records of their own, and a
person who changes an address leaves the party's row as it was. So a record's stamp is the newest of
its own and its parts', and its *last writer* is who made that one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.errors import ContractBroken
from connectors.messages import Record, StreamSpec
from connectors.tryton.typed import iso, plain

Row = Mapping[str, Any]
#: Read with every row and every part of it. ``_timestamp`` is what optimistic locking compares.
STAMPS = ("create_date", "create_uid", "write_date", "write_uid", "_timestamp")


@dataclass(frozen=True, slots=True)
class Resource:
    """``parts`` are the fields that hold records of the resource's own: field → model."""

    spec: StreamSpec
    model: str
    reads: tuple[str, ...]
    parts: Mapping[str, str]
    shape: Callable[[Row], dict[str, Any]]

    @property
    def fields(self) -> list[str]:
        """All that is read of a row."""
        stamps = [f"{part}.{stamp}" for part in self.parts for stamp in STAMPS]
        return [*self.reads, *STAMPS, *stamps]

    def record(self, row: Row) -> Record:
        """The row as everybody else sees it. ``version`` is its stamp in milliseconds since 1970."""
        changed = self.changed_at(row)
        fields = {**self.shape(row), "write_date": iso(changed)}
        return Record(str(row["id"]), fields, version=_milliseconds(changed), changed_at=changed)

    def changed_at(self, row: Row) -> datetime:
        """The newest stamp of the row and its parts; ``write_date`` is empty until the first change."""
        return max(_stamp(part) for _, part in self._rows(row))

    def timestamps(self, row: Row) -> dict[str, str]:
        """The state that a write of this row builds on, for optimistic locking."""
        return {
            f"{model},{part['id']}": part["_timestamp"] for model, part in self._rows(row) if part.get("_timestamp")
        }

    def last_writer(self, row: Row) -> int | None:
        """The id of the user who wrote last to the row or a part of it."""
        newest = max((part for _, part in self._rows(row)), key=_stamp)
        writer = newest.get("write_uid") or newest.get("create_uid")
        return int(writer) if writer is not None else None

    def _rows(self, row: Row) -> Iterator[tuple[str, Row]]:
        """The row itself and its parts, each with its model."""
        yield self.model, row
        for part, model in self.parts.items():
            for found in related(row, part):
                yield model, found


def _stamp(row: Row) -> datetime:
    stamp = row.get("write_date") or row.get("create_date")
    if not isinstance(stamp, datetime):
        raise ContractBroken("Tryton sent a record without create_date")
    return stamp


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000 + moment.microsecond // 1000


def related(row: Row, field: str) -> Sequence[Row]:
    """The records behind a field that holds many, as ``search_read`` gives them under ``field.``."""
    found = row.get(f"{field}.") or []
    if not isinstance(found, list):
        raise ContractBroken(f"Tryton sent something else than records under {field!r}")
    return found


def active(row: Row, field: str) -> list[Row]:
    """Those that are not archived, in the order that people gave them."""
    return [part for part in related(row, field) if part.get("active")]


def one(row: Row, field: str, name: str) -> Any:
    """``name`` of the record behind a field that holds one; ``None`` where there is none."""
    found = row.get(f"{field}.")
    return found.get(name) if isinstance(found, Mapping) else None


def _party(row: Row) -> dict[str, Any]:
    contacts = [{"type": part["type"], "value": part["value"]} for part in active(row, "contact_mechanisms")]
    identifiers = [{"type": part["type"], "code": part["code"]} for part in active(row, "identifiers")]
    return {
        "id": row["id"],
        "code": row["code"],
        "name": row["name"],
        "active": bool(row["active"]),  # 1 and 0 where the server runs on SQLite
        "lang": one(row, "lang", "code"),
        "email": first(contacts, "email"),
        "phone": first(contacts, "phone", "mobile"),
        "tax_id": next((part["code"] for part in identifiers if part["type"]), None),
        "addresses": [_address(part) for part in active(row, "addresses")],
        "contacts": contacts,
        "identifiers": identifiers,
    }


def first(contacts: Sequence[Row], *types: str) -> str | None:
    """The value of the first contact of one of these types."""
    return next((part["value"] for part in contacts if part["type"] in types), None)


def _address(row: Row) -> dict[str, Any]:
    plainly = {name: row[name] or "" for name in ("street", "postal_code", "city")}
    return {**plainly, "country": one(row, "country", "code")}


def _sale(row: Row) -> dict[str, Any]:
    texts = ("number", "reference", "description", "comment", "state", "sale_date")
    amounts = ("untaxed_amount", "tax_amount", "total_amount")
    return {
        "id": row["id"],
        **{name: plain(row[name]) for name in texts},
        "party": {"id": one(row, "party", "id"), "code": one(row, "party", "code")},
        "currency": one(row, "currency", "code"),
        **{name: plain(row[name]) for name in amounts},
        "lines": [_line(part) for part in related(row, "lines")],
    }


def _line(row: Row) -> dict[str, Any]:
    return {name: plain(row[name]) for name in ("type", "description", "quantity", "unit_price")}


PARTY = Resource(
    StreamSpec(
        name="party",
        key="id",
        cursor_field="write_date",
        fields=(
            *("id", "code", "name", "active", "lang", "email", "phone", "tax_id"),
            *("addresses", "contacts", "identifiers", "write_date"),
        ),
        summary="Parties (customers, suppliers, companies) with addresses, contacts and identifiers; archived ones too",
        found_by=("id", "code", "identifier"),
    ),
    model="party.party",
    reads=(
        *("id", "code", "name", "active", "lang.code"),
        *(f"addresses.{name}" for name in ("active", "street", "postal_code", "city", "country.code")),
        *(f"contact_mechanisms.{name}" for name in ("active", "type", "value")),
        *(f"identifiers.{name}" for name in ("active", "type", "code")),
    ),
    parts={
        "addresses": "party.address",
        "contact_mechanisms": "party.contact_mechanism",
        "identifiers": "party.identifier",
    },
    shape=_party,
)

SALE = Resource(
    StreamSpec(
        name="sale",
        key="id",
        cursor_field="write_date",
        fields=(
            *("id", "number", "reference", "description", "comment", "state", "sale_date", "party", "currency"),
            *("untaxed_amount", "tax_amount", "total_amount", "lines", "write_date"),
        ),
        summary="Sales with their lines; amounts are text in the sale's currency",
        found_by=("id", "number", "reference"),
    ),
    model="sale.sale",
    reads=(
        *("id", "number", "reference", "description", "comment", "state", "sale_date", "party.code"),
        *("currency.code", "untaxed_amount", "tax_amount", "total_amount"),
        *(f"lines.{name}" for name in ("type", "description", "quantity", "unit_price")),
    ),
    parts={"lines": "sale.line"},
    shape=_sale,
)

RESOURCES: Mapping[str, Resource] = {resource.spec.name: resource for resource in (PARTY, SALE)}
