"""From the values that a party should have to the commands that give it them.

Tryton takes the parts of a record as commands in the record's own write: ``["create", [values]]``,
``["write", [id], values]``, ``["delete", [id]]``. One write is one transaction there, so a party never
has its new name without its new address.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.errors import Rejected
from connectors.tryton import body as read
from connectors.tryton.resources import Row, active, one
from connectors.tryton.rpc import Rpc

VALUES = ("name", "active", "lang", "email", "phone", "address", "identifiers")
ADDRESS = ("street", "postal_code", "city", "country")
#: What a contact mechanism's type may be where the body says ``phone``.
CONTACTS: Mapping[str, tuple[str, ...]] = {"email": ("email",), "phone": ("phone", "mobile")}
Commands = list[list[Any]]


async def new_party(rpc: Rpc, match: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """What to create: the values, and what it was matched by, to be found by again."""
    read.required(values, "name")
    party = await changes_to(rpc, {}, values)
    party.pop("active", None)  # nobody can make an archived party; it is archived afterwards
    if "code" in match:
        return party | {"code": read.required(match, "code")}
    own = ["create", [{"type": None, "code": read.required(match, "identifier")}]]
    return party | {"identifiers": [own, *party.get("identifiers", [])]}


async def changes_to(rpc: Rpc, row: Row, values: Mapping[str, Any]) -> dict[str, Any]:
    """What to write to ``row`` (empty: to a new party) so that it has ``values``; empty when it has."""
    read.only(values, VALUES, "'values'")
    changes = {name: wanted for name, wanted in _own(values).items() if row.get(name) != wanted}
    if "lang" in values and (lang := await _lang(rpc, values)) != one(row, "lang", "id"):
        changes["lang"] = lang
    commands = {
        "contact_mechanisms": [command for name in CONTACTS for command in _contact(row, values, name)],
        "addresses": await _address(rpc, row, values),
        "identifiers": _identifiers(row, values),
    }
    return changes | {field: wanted for field, wanted in commands.items() if wanted}


def in_order(changes: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The writes that make these changes: Tryton refuses to change an archived record in any other way.

    It is made active before everything else, and archived after everything else, each by a write of its own.
    """
    others = {name: value for name, value in changes.items() if name != "active"}
    switch = {"active": changes["active"]} if "active" in changes else {}
    steps = [switch, others] if changes.get("active") else [others, switch]
    return [step for step in steps if step]


def _own(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that are the party's own."""
    own: dict[str, Any] = {}
    if "name" in values:
        own["name"] = read.required(values, "name")
    if (is_active := read.flag(values, "active")) is not None:
        own["active"] = is_active
    return own


def _contact(row: Row, values: Mapping[str, Any], name: str) -> Commands:
    """The first e-mail address or telephone number."""
    if name not in values:
        return []
    wanted = read.text(values, name)
    has = next((part for part in active(row, "contact_mechanisms") if part["type"] in CONTACTS[name]), None)
    if has is None:
        return [["create", [{"type": name, "value": wanted}]]] if wanted else []
    if wanted is None:
        return [["delete", [has["id"]]]]
    same = _compact(has["value"]) == _compact(wanted) if name == "phone" else has["value"] == wanted
    return [] if same else [["write", [has["id"]], {"value": wanted}]]


async def _address(rpc: Rpc, row: Row, values: Mapping[str, Any]) -> Commands:
    """The first address."""
    wanted = read.mapping(values, "address")
    if not wanted:
        return []
    read.only(wanted, ADDRESS, "'address'")
    address: dict[str, Any] = {name: read.text(wanted, name) for name in ADDRESS if name in wanted}
    if "country" in wanted:
        address["country"] = await _country(rpc, wanted)
    existing = next(iter(active(row, "addresses")), None)
    if existing is None:
        return [["create", [address]]]
    now = {name: existing.get(name) or None for name in ADDRESS} | {"country": one(existing, "country", "id")}
    differing = {name: value for name, value in address.items() if now[name] != value}
    return [["write", [existing["id"]], differing]] if differing else []


def _identifiers(row: Row, values: Mapping[str, Any]) -> Commands:
    """One identifier of each type that is given; others stay."""
    commands: Commands = []
    for wanted in read.objects(values, "identifiers"):
        read.only(wanted, ("type", "code"), "'identifiers'")
        kind, code = read.required(wanted, "type"), read.required(wanted, "code")
        has = next((part for part in active(row, "identifiers") if part["type"] == kind), None)
        if has is None:
            commands.append(["create", [{"type": kind, "code": code}]])
        elif _compact(has["code"]) != _compact(code):
            commands.append(["write", [has["id"]], {"code": code}])
    return commands


def _compact(code: str) -> str:
    """Numbers are written in many ways, and Tryton rewrites some: ``be 0403.019.261`` is ``BE0403019261``."""
    return "".join(character for character in code if character.isalnum()).upper()


async def _lang(rpc: Rpc, values: Mapping[str, Any]) -> int | None:
    return await _by_code(rpc, "ir.lang", read.text(values, "lang"), "language_unknown")


async def _country(rpc: Rpc, address: Mapping[str, Any]) -> int | None:
    return await _by_code(rpc, "country.country", read.text(address, "country"), "country_unknown")


async def _by_code(rpc: Rpc, model: str, code: str | None, detail: str) -> int | None:
    if code is None:
        return None
    found: Sequence[int] = await rpc.read(f"{model}.search", [("code", "=", code)], 0, 1, None)
    if not found:
        raise Rejected(f"Tryton has no {model} with the code {code[:10]!r}", detail=detail)
    return int(found[0])
