"""The sandbox's systems on a loop of their own, and what they report sent to a plane that runs."""

from __future__ import annotations

import asyncio
import threading

import aiohttp
from aiohttp import web

from controlplane.standalone.sandbox import load
from controlplane.standalone.sandbox.business import Business, Report
from controlplane.standalone.sandbox.stories import Weather
from controlplane.standalone.sandbox.systems import Systems
from controlplane.standalone.sandbox.traffic import Traffic
from controlplane.transactions.models import Inbox, StepQueue
from tests.journeys.plant import Plant, wait

QUIET, BAD_RELEASE = 0.0, 4.0


class Played:
    """Its systems, on a loop in a thread of their own; ``minute`` is what the stories go by."""

    def __init__(self, port: int) -> None:
        self.minute = QUIET
        self.weather = Weather(lambda: self.minute)
        self.systems = Systems(self.weather)
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="sandbox", daemon=True)

    def start(self) -> None:
        """They answer."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._serve(), self._loop).result(10)

    def stop(self) -> None:
        """They do not any more."""
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _serve(self) -> None:
        self._runner = web.AppRunner(self.systems.application())
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()


def sent(plant: Plant, played: Played, reports: list[Report]) -> None:
    """These are sent, each taken at the first try, and carried as far as they come."""
    traffic = Traffic(Business(1), played.weather, address=plant.url, public="http://127.0.0.1:8460", keys=load.key)

    async def send() -> None:
        async with aiohttp.ClientSession() as session:
            await asyncio.gather(*(traffic._send(session, report) for report in reports))

    asyncio.run(send())
    assert traffic.sent == len(reports)
    wait(lambda: not Inbox.objects.exists() and not StepQueue.objects.filter(tries=0).exists(), "all is carried", 50)
