"""Records what real peers said, for the tests that run without them.

Two kinds of file, both with ``provenance``:

* ``connectors/<kind>/recorded/*.json``: one webhook each, as it came (the connectors' suite reads them);
* ``connectors/<kind>/exchanges/*.json``: one scenario each, the connector's requests and the answers, in order::

    {"provenance": {"from", "recorded", "how"}, "scenario": …,
     "exchanges": [{"request": {"method", "path", "body"}, "response": {"status", "headers", "body"}}]}

Nothing is edited but secrets: passwords, session tokens and keys are replaced by ``•••``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from connectors.response import Response
from connectors.transport import Guard, Transport

MASK = "•••"
KEPT_HEADERS = ("content-type", "content-encoding", "www-authenticate", "retry-after")
_SECRETS = re.compile(r'("password": ?)"[^"]*"|\b[0-9a-f]{64}\b')


def masked(text: str) -> str:
    """Without the passwords and tokens in it."""
    return _SECRETS.sub(lambda found: f'{found[1]}"{MASK}"' if found[1] else MASK, text)


class RecordingTransport(Transport):
    """The real transport, which remembers every exchange in a form that a file can keep."""

    def __init__(self, exchanges: list[dict[str, Any]]) -> None:
        super().__init__(Guard(("127.0.0.0/8",)))
        self.exchanges = exchanges

    async def request(self, method: str, url: Any, **sent: Any) -> Response:
        """Send it, and keep it with its answer."""
        response = await super().request(method, url, **sent)
        self.exchanges.append(
            {
                "request": {"method": method, "path": _path(str(url)), "body": _body(sent)},
                "response": {
                    "status": response.status,
                    "headers": {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers},
                    "body": masked(response.text()),
                },
            }
        )
        return response


def _path(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _body(sent: Mapping[str, Any]) -> str:
    if sent.get("json") is not None:
        return masked(json.dumps(sent["json"], ensure_ascii=False, sort_keys=True))
    return urlencode(sent["form"]) if sent.get("form") is not None else ""


def save(path: Path, software: str, how: str, content: Mapping[str, Any]) -> None:
    """Write one recording with where it comes from."""
    provenance = {"from": software, "recorded": datetime.now(UTC).date().isoformat(), "how": how}
    text = json.dumps({"provenance": provenance, **content}, indent=1, ensure_ascii=False)
    path.write_text(text + "\n")
