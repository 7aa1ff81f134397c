"""The senders of Halden Instruments: every event is signed as its vendor signs and goes through the public ingress.

A sender that is told to come back does, as vendors do; one that gives up is the sandbox's end, not an event's.
"""

from __future__ import annotations

import asyncio
import heapq
import random
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import aiohttp
import orjson

from connectors.messages import Request, Secret
from connectors.signatures import sign
from controlplane.foundation.logs import logger
from controlplane.standalone.sandbox.business import Business, Report
from controlplane.standalone.sandbox.stories import Trouble, Weather

log = logger(__name__)

#: How each system signs: the scheme and the settings of its endpoint in ``company.yaml``.
SCHEMES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "odoo": ("standard_webhooks", {}),
    "odoo-staging": ("standard_webhooks", {}),
    "salesforce": ("hmac", {"header": "x-halden-signature"}),
    "stripe": ("stripe", {}),
    "hubspot": ("hubspot", {}),
    "zendesk": ("zendesk", {}),
}
#: The first things happen quickly, so that the first page is not an empty one …
FIRST, QUICKLY, FIRST_MINUTES = 150, 0.1, 2.0
#: … and then one every few seconds.
BETWEEN_SECONDS = 3.0
#: What staging gets a copy of, and of every how many.
COPIED, EVERY = "sale.order.confirmed", 3
TRIES = 8
ANSWER_SECONDS = 10.0
LONGEST_PAUSE = 30.0


class Traffic:
    """What the company's systems send to ``address`` (``http://127.0.0.1:8460``), signed for ``public`` by ``keys``."""

    def __init__(
        self, business: Business, weather: Weather, *, address: str, public: str, keys: Callable[[str], str]
    ) -> None:
        self._business = business
        self._weather = weather
        self._address = address
        self._public = public
        self._keys = keys
        self._chance = random.Random()  # noqa: S311 - spreads a story over time
        self._ahead: list[tuple[float, int, Report]] = []
        self._planned = 0
        self._orders = 0
        self.sent = 0

    async def run(self) -> None:
        """Send for ever."""
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as session, asyncio.TaskGroup() as under_way:
            for pause in self._pauses():
                await asyncio.sleep(pause)
                self._plan()
                for report in self._due():
                    under_way.create_task(self._send(session, report))

    def _pauses(self) -> Iterator[float]:
        for _ in range(FIRST if self._weather.minutes() < FIRST_MINUTES else 0):
            yield QUICKLY
        while True:
            yield self._chance.expovariate(1 / BETWEEN_SECONDS)

    def _plan(self) -> None:
        now = asyncio.get_running_loop().time()
        spaced = self._weather.has("odoo", Trouble.BAD_RELEASE)
        for report in self._business.next(spaced_tax_ids=spaced):
            for each in (report, *self._copied(report)):
                self._planned += 1
                heapq.heappush(self._ahead, (now + each.after, self._planned, each))

    def _copied(self, report: Report) -> Iterator[Report]:
        """Staging gets a copy of every third order, a moment later."""
        if report.type == COPIED:
            self._orders += 1
            if self._orders % EVERY == 0:
                yield replace(report, system="odoo-staging", after=report.after + 1.0)

    def _due(self) -> list[Report]:
        now, due = asyncio.get_running_loop().time(), []
        while self._ahead and self._ahead[0][0] <= now:
            due.append(heapq.heappop(self._ahead)[2])
        return due

    async def _send(self, session: aiohttp.ClientSession, report: Report) -> None:
        body = orjson.dumps(_document(report))
        identifier = f"msg_{uuid.uuid4().hex}"
        for tried in range(TRIES):
            pause = await self._sent(session, report.system, identifier, body)
            if pause is None:
                self.sent += 1
                return
            await asyncio.sleep(pause or min(LONGEST_PAUSE, 2.0**tried))
        log.warning("sandbox.given_up", system=report.system, type=report.type)

    async def _sent(self, session: aiohttp.ClientSession, system: str, identifier: str, body: bytes) -> float | None:
        """None when it was taken; otherwise in how many seconds to come back, 0 where nothing is said of it."""
        path = f"/in/{system}"
        request = self._signed(system, path, identifier, body)
        try:
            async with session.post(self._address + path, data=request.body, headers=request.headers) as answer:
                if answer.ok:
                    return None
                asked = answer.headers.get("retry-after", "")
                return min(LONGEST_PAUSE, float(asked)) if asked.isdigit() else 0.0
        except (aiohttp.ClientError, TimeoutError):
            return 0.0

    def _signed(self, system: str, path: str, identifier: str, body: bytes) -> Request:
        scheme, settings = SCHEMES[system]
        headers = {"content-type": "application/json", "webhook-id": identifier}
        request = Request("POST", self._public + path, headers, body)
        return sign(scheme, request, Secret(self._keys(f"sandbox-{system}")), settings, datetime.now(UTC))


def _document(report: Report) -> dict[str, Any]:
    """As that system writes an event."""
    if report.system == "stripe":
        return {
            "id": f"evt_{uuid.uuid4().hex[:24]}",
            "object": "event",
            "type": report.type,
            "created": int(datetime.now(UTC).timestamp()),
            "data": {"object": report.record},
        }
    moment = datetime.now(UTC).isoformat()
    return {"id": uuid.uuid4().hex, "type": report.type, "timestamp": moment, "data": report.record}
