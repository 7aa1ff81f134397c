"""The systems of Halden Instruments, played over HTTP: they answer, and have the troubles that the stories tell of.

Stripe is played as far as its connector speaks with it (customers); the others take a JSON document each. All remember
the keys of what they took, so that a repetition is answered as the first time.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web

from controlplane.standalone.sandbox.stories import Trouble, Weather

PLAIN = ("odoo", "salesforce", "invoicing", "staging-invoicing", "hubspot", "zendesk", "gainsight")
REMEMBERED = 20_000
SLOW_SECONDS = 2.5
SILENT_SECONDS = 60.0
THROTTLED_PAUSE = "20"
#: A European tax id as Stripe takes it: no spaces.
TAX_ID = re.compile(r"[A-Z]{2}U?[0-9]{8}", re.ASCII)
_FOREIGN_ID = re.compile(r"metadata\['interlock_id'\]:'(?P<value>[^']*)'")
_FIELD = re.compile(r"(?P<name>\w+)(?:\[(?P<inner>\w+)\])?")


class Memory:
    """What was answered to a key."""

    def __init__(self) -> None:
        self._answers: OrderedDict[str, tuple[int, bytes]] = OrderedDict()

    def get(self, key: str) -> tuple[int, bytes] | None:
        """The first answer, if it is remembered."""
        return self._answers.get(key)

    def keep(self, key: str, status: int, body: bytes) -> None:
        """Remember it; the oldest is forgotten."""
        self._answers[key] = (status, body)
        if len(self._answers) > REMEMBERED:
            self._answers.popitem(last=False)


@dataclass
class Systems:
    """All of them, in one process."""

    weather: Weather
    memory: Memory = field(default_factory=Memory)
    customers: OrderedDict[str, dict[str, Any]] = field(default_factory=OrderedDict)
    organisations: set[str] = field(default_factory=set)
    taken: int = 0

    def application(self) -> web.Application:
        """The web application that plays them."""
        made = web.Application()
        made.router.add_route("*", "/stripe/v1/customers", self._stripe)
        made.router.add_route("*", "/stripe/v1/customers/{id}", self._stripe)
        for name in PLAIN:
            made.router.add_route("*", f"/{name}", self._plain)
        return made

    async def _troubled(self, system: str) -> web.Response | None:
        """The answer of a system that is unwell; None where it answers as always."""
        if self.weather.has(system, Trouble.DOWN):
            return _refusal(503, "unavailable", "Down for unplanned maintenance.")
        if self.weather.has(system, Trouble.THROTTLES):
            return _refusal(429, "limit_exceeded", "The allowance is used up.", {"retry-after": THROTTLED_PAUSE})
        if self.weather.has(system, Trouble.SLOW):
            await asyncio.sleep(SLOW_SECONDS)
        return None

    async def _plain(self, request: web.Request) -> web.Response:
        system = request.path.strip("/")
        if request.method != "POST":
            return web.json_response({"system": system})
        if (unwell := await self._troubled(system)) is not None:
            return unwell
        key = f"{system} {request.headers.get('webhook-id', '')}"
        if (known := self.memory.get(key)) is not None:
            return web.Response(status=known[0], body=known[1], content_type="application/json")
        document = orjson.loads(await request.read())
        self.taken += 1
        if (refused := self._refused(system, document)) is not None:
            return refused
        body = orjson.dumps({"id": f"{system[:2]}_{self.taken}", "taken": True})
        self.memory.keep(key, 201, body)
        if self.weather.has(system, Trouble.SILENT) and self.taken % 3 == 0:
            await asyncio.sleep(SILENT_SECONDS)
        return web.Response(status=201, body=body, content_type="application/json")

    def _refused(self, system: str, document: Mapping[str, Any]) -> web.Response | None:
        """What this system will not have."""
        if system == "zendesk" and document.get("kind") == "organisation":
            name = str(document.get("name"))
            if name in self.organisations:
                return _refusal(422, "record_invalid", "Name has already been taken.")
            self.organisations.add(name)
        return None

    async def _stripe(self, request: web.Request) -> web.Response:
        if (unwell := await self._troubled("stripe")) is not None:
            return unwell
        if request.method == "POST":
            return await self._stripe_write(request)
        wanted = request.match_info.get("id")
        if wanted == "search":
            found = _FOREIGN_ID.search(request.query.get("query", ""))
            known = self._by_foreign_id(found["value"]) if found else None
            return web.json_response({"object": "search_result", "data": [known] if known else [], "has_more": False})
        if wanted is not None:
            customer = self.customers.get(wanted)
            return web.json_response(customer) if customer else _refusal(404, "resource_missing", "No such customer.")
        return self._stripe_list(request)

    def _stripe_list(self, request: web.Request) -> web.Response:
        everybody, after = list(self.customers.values()), request.query.get("starting_after")
        start = next((n + 1 for n, one in enumerate(everybody) if one["id"] == after), 0)
        size = min(100, int(request.query.get("limit", "10")))
        page = everybody[start : start + size]
        return web.json_response({"object": "list", "data": page, "has_more": start + size < len(everybody)})

    async def _stripe_write(self, request: web.Request) -> web.Response:
        key = f"stripe {request.headers.get('idempotency-key', '')}"
        if (known := self.memory.get(key)) is not None:
            body, headers = known[1], {"idempotent-replayed": "true"}
            return web.Response(status=known[0], body=body, content_type="application/json", headers=headers)
        fields = _nested(await request.post())
        if (tax_id := fields.get("metadata", {}).get("tax_id")) and not TAX_ID.fullmatch(tax_id):
            return _refusal(400, "tax_id_invalid", f"Invalid value for eu_vat: '{tax_id}'.")
        answer = orjson.dumps(self._stripe_put(request.match_info.get("id"), fields))
        self.memory.keep(key, 200, answer)
        return web.Response(status=200, body=answer, content_type="application/json")

    def _stripe_put(self, identifier: str | None, fields: dict[str, Any]) -> dict[str, Any]:
        identifier = identifier or f"cus_{len(self.customers) + 1:06}"
        made = {"id": identifier, "object": "customer", "created": int(time.time()), "metadata": {}}
        customer = self.customers.setdefault(identifier, made)
        customer["metadata"] = {**customer["metadata"], **fields.pop("metadata", {})}
        customer.update(fields)
        return customer

    def _by_foreign_id(self, wanted: str) -> dict[str, Any] | None:
        return next((one for one in self.customers.values() if one["metadata"].get("interlock_id") == wanted), None)


def _refusal(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> web.Response:
    error = {"type": "invalid_request_error", "code": code, "message": message}
    return web.json_response({"error": error}, status=status, headers=headers)


def _nested(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Stripe's form fields with brackets, one level deep, as an object."""
    found: dict[str, Any] = {}
    for raw, value in fields.items():
        if match := _FIELD.fullmatch(raw):
            inside = found.setdefault(match["name"], {}) if match["inner"] else found
            inside[match["inner"] or match["name"]] = str(value)
    return found
