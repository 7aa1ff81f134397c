"""Plays a recorded scenario (``connectors/<kind>/exchanges/*.json``) on the stub: same requests, same answers."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from tests.connectors.stub import Stub

CONNECTORS = Path(__file__).parent.parent.parent / "connectors"
_SECRET = re.compile(r'("password": ?)"[^"]*"')


@dataclass
class Replay:
    """One scenario. ``differences`` lists every request that was not the recorded one."""

    exchanges: list[dict[str, Any]]
    differences: list[str] = field(default_factory=list)
    played: int = 0

    @property
    def whole(self) -> bool:
        """Whether exactly the recorded requests were made."""
        return not self.differences and self.played == len(self.exchanges)

    async def answer(self, request: web.Request) -> web.Response:
        """The recorded answer to the next request."""
        body = await request.text()
        if self.played == len(self.exchanges):
            self.differences.append(f"one more: {request.path} {body[:300]}")
            return web.Response(status=418)
        exchange = self.exchanges[self.played]
        self.played += 1
        self._compare(exchange["request"], {"method": request.method, "path": request.path_qs, "body": body})
        return _answer(exchange["response"])

    def _compare(self, recorded: dict[str, str], made: dict[str, str]) -> None:
        recorded, made = ({**one, "path": unquote(one["path"])} for one in (recorded, made))
        for name, wanted in recorded.items():
            if _canonical(made[name]) != _canonical(wanted):
                self.differences.append(f"{self.played}: {name} is {made[name][:500]} and not {wanted[:500]}")


def _canonical(text: str) -> Any:
    masked = _SECRET.sub(r'\1"•••"', text)
    return json.loads(masked) if masked.startswith("{") else masked


def _answer(recorded: dict[str, Any]) -> web.Response:
    body, headers = recorded["body"].encode(), recorded["headers"]
    if headers.get("content-encoding") == "gzip":
        body = gzip.compress(body)
    return web.Response(status=recorded["status"], body=body, headers=headers)


def replay(stub: Stub, kind: str, scenario: str) -> Replay:
    """Let the stub play that scenario."""
    recording = json.loads((CONNECTORS / kind / "exchanges" / f"{scenario}.json").read_text())
    playing = Replay(recording["exchanges"])
    stub.behave("*", playing.answer)
    return playing


def scenarios(kind: str) -> list[Path]:
    """All recorded scenarios of a connector."""
    return sorted((CONNECTORS / kind / "exchanges").glob("*.json"))
