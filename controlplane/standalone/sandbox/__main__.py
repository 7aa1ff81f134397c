"""The part of ``make up`` that is the sandbox: its systems and its senders, for as long as it is there."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

from controlplane.standalone.choices import chosen_places, web_port
from controlplane.standalone.probes import LOOPBACK
from controlplane.standalone.sandbox.marks import ADDRESS, Marks

LOOK_SECONDS = 1.0
SEED = 2611
#: More than happen: numbers given before a pause of the sandbox are not given again.
THINGS_A_MINUTE = 8


async def play(marks: Marks) -> None:
    """Until it is taken away."""
    from aiohttp import web
    from django.conf import settings

    from controlplane.standalone.sandbox import load
    from controlplane.standalone.sandbox.business import Business
    from controlplane.standalone.sandbox.stories import Weather
    from controlplane.standalone.sandbox.systems import Systems
    from controlplane.standalone.sandbox.traffic import Traffic

    weather = Weather(marks.minutes)
    runner = web.AppRunner(Systems(weather).application(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, ADDRESS, web_port()).start()
    business = Business(SEED, since=int(marks.minutes() * THINGS_A_MINUTE))
    traffic = Traffic(
        business, weather, address=f"http://{LOOPBACK}:{web_port()}", public=settings.PUBLIC_URL, keys=load.key
    )
    sending = asyncio.create_task(traffic.run())
    while marks.is_there:
        await asyncio.wait({sending}, timeout=LOOK_SECONDS)
        if sending.done():
            sending.result()
    sending.cancel()
    await runner.cleanup()


def main() -> int:
    """Play it; then there is nothing to do until the installation stops."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    marks = Marks(chosen_places())
    if marks.is_there:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "controlplane.settings")
        import django

        django.setup()
        asyncio.run(play(marks))
    signal.pause()
    return 0


if __name__ == "__main__":
    sys.exit(main())
