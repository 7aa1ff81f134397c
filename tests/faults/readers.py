"""Many people with a page open: each follows something over a socket, and fetches its part when it is told to.

Two programs. ``python -m tests.faults.readers sign-in 500`` runs beside an installation, makes accounts and their
sessions and prints what each page has: cookie, topic, address of its part. ``… read`` reads ``{"port", "pages"}`` from
its input, opens all sockets and prints ``open`` when they are; then a line for each line of input: how many are open,
how often they were told, and how many have which text now. Half of them follow what comes in and look for the
integration ``last``; the other half follow the number of open dead letters.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections import Counter
from dataclasses import dataclass
from typing import Any

import aiohttp
import uvloop

#: Pages of one account: fewer than it may have.
OF_AN_ACCOUNT = 20
#: What comes in after this is new: the smallest id of this century.
SINCE = "00dc6acf-ac00-7000-8000-000000000000"
PARTS = {
    "arrivals": f"/tx/newer/?q=integration%3Alast&since={SINCE}",
    "dead-letters": "/count/t/",
}
TAG = re.compile(r"<[^>]+>")


def sign_in(pages: int) -> list[dict[str, str]]:
    """Accounts, sessions, and what the page of each shows."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "controlplane.settings")
    django.setup()
    from django.test import Client

    from controlplane.console.live.topics import Topic, name
    from controlplane.people.roles import Role
    from controlplane.people.services import create_account

    made = []
    for number in range(pages):
        if number % OF_AN_ACCOUNT == 0:
            account = create_account(
                f"reader{number}@example.test", f"Reader {number}", "correct horse battery", [(Role.OPERATOR, None)]
            )
            client = Client()
            client.force_login(account)
        kind = list(PARTS)[number % 2]
        cookie = client.cookies["sessionid"].value
        made.append({"cookie": cookie, "topic": name(Topic(kind), str(account.pk)), "part": PARTS[kind]})
    return made


@dataclass
class Page:
    """One page that follows."""

    base: str
    cookie: str
    topic: str
    part: str
    text: str = ""
    told: int = 0
    is_open: bool = False

    async def follow(self, session: aiohttp.ClientSession) -> None:
        """Open the socket, and fetch the part whenever it is told to, until the end."""
        headers = {"cookie": f"sessionid={self.cookie}", "origin": self.base}
        async with session.ws_connect(f"{self.base}/live/", headers=headers) as socket:
            await socket.send_json({"follow": [self.topic]})
            async for message in socket:
                said = json.loads(message.data)
                self.is_open = True
                if "changed" in said:
                    self.told += 1
                    await self._fetch(session)
        self.is_open = False

    async def _fetch(self, session: aiohttp.ClientSession) -> None:
        headers = {"cookie": f"sessionid={self.cookie}", "hx-request": "true"}
        async with session.get(f"{self.base}{self.part}", headers=headers) as answer:
            words = " ".join(TAG.sub(" ", await answer.text()).split())
            self.text = words if answer.status == 200 else f"answered {answer.status}"


async def read(question: dict[str, Any]) -> None:
    """Open all, and answer each line of input with how things stand."""
    base = f"http://127.0.0.1:{question['port']}"
    pages = [Page(base, **page) for page in question["pages"]]
    unbounded = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=unbounded, timeout=aiohttp.ClientTimeout(total=None)) as session:
        following = [asyncio.create_task(page.follow(session)) for page in pages]
        while not all(page.is_open for page in pages):
            if broken := next((task for task in following if task.done()), None):
                broken.result()
                raise ConnectionError("a socket was closed before it was followed")
            await asyncio.sleep(0.05)
        _say("open")
        while line := await asyncio.to_thread(sys.stdin.readline):
            _say(json.dumps(_standing(pages)) if line.strip() else "")
        for task in following:
            task.cancel()
        await asyncio.gather(*following, return_exceptions=True)


def _standing(pages: list[Page]) -> dict[str, Any]:
    texts: dict[str, Counter[str]] = {kind: Counter() for kind in PARTS}
    for number, page in enumerate(pages):
        texts[list(PARTS)[number % 2]][page.text] += 1
    told = sorted(page.told for page in pages)
    return {"open": sum(page.is_open for page in pages), "told": sum(told), "least": told[0], "texts": texts}


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[1] == "sign-in":
        _say(json.dumps(sign_in(int(sys.argv[2]))))
    else:
        uvloop.run(read(json.loads(sys.stdin.readline())))
