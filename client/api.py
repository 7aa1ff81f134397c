"""The API of an installation (``docs/api.md``), as JSON in and out.

The token is sent to the installation and nowhere else: redirects are not followed, proxies of the environment are not
used. Whoever is told to come back (429, 503) does so a few times, with the same idempotency key.
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

#: Seconds for one request, and for all its repetitions together.
DEADLINE, PATIENCE = 30.0, 120.0
LARGEST = 64 * 1024 * 1024
COME_BACK = frozenset({429, 503})


class Refused(Exception):
    """The installation refused, or could not be reached: ``status`` (0 without an answer) and why, in its words."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows nobody with a token in hand."""

    def redirect_request(self, *_arguments: Any, **_named: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_Stay, urllib.request.ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class Api:
    """One installation, by its address. ``token`` shows nowhere."""

    base: str
    token: str = field(repr=False)
    pause: Callable[[float], None] = time.sleep

    def get(self, path: str, **query: Any) -> Any:
        """What is there."""
        asked = f"?{urlencode(query)}" if query else ""
        return self._asked("GET", f"/api/v1/{path}{asked}")

    def post(self, path: str, body: Mapping[str, Any], key: str = "") -> Any:
        """What came of it; with ``key`` it happens once, however often it has to be sent."""
        headers = {"Idempotency-Key": key} if key else {}
        return self._asked("POST", f"/api/v1/{path}", json.dumps(body).encode(), headers)

    def _asked(self, method: str, path: str, body: bytes | None = None, more: Mapping[str, str] | None = None) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", **(more or {})}
        end = time.monotonic() + PATIENCE
        while True:
            status, answered, answer = exchange(method, f"{self.base}{path}", headers, body)
            wait = _seconds(answered.get("retry-after", "")) if status in COME_BACK else None
            if wait is None or time.monotonic() + wait > end:
                break
            self.pause(wait)
        if not 200 <= status < 300:  # noqa: PLR2004 - what went well
            raise Refused(status, _in_words(status, answer))
        try:
            return json.loads(answer)
        except ValueError:
            raise Refused(status, f"{self.base} did not answer with JSON. Is this the address of Interlock?") from None


def exchange(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None
) -> tuple[int, Mapping[str, str], bytes]:
    """Status, headers (names in lower case) and body of one request; raises :class:`Refused` without an answer."""
    if urlsplit(url).scheme not in {"http", "https"}:
        raise Refused(0, f"{url} is no address of HTTP.")
    request = urllib.request.Request(url, data=body, headers=dict(headers), method=method)  # noqa: S310 - judged above
    try:
        with _OPENER.open(request, timeout=DEADLINE) as answer:
            return _read(answer)
    except urllib.error.HTTPError as error:
        with error:
            return _read(error)
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise Refused(0, f"{urlsplit(url).netloc} cannot be reached: {reason}.") from None


def _read(answer: Any) -> tuple[int, Mapping[str, str], bytes]:
    body: bytes = answer.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise Refused(answer.status, f"The answer is longer than {LARGEST} bytes.")
    return answer.status, {name.lower(): value for name, value in answer.headers.items()}, body


def _seconds(retry_after: str) -> float | None:
    """Retry-After in seconds; None for anything else."""
    return float(retry_after) if retry_after.isascii() and retry_after.isdigit() and len(retry_after) < 6 else None  # noqa: PLR2004


def _in_words(status: int, answer: bytes) -> str:
    """A problem document in a line (RFC 9457), with what is wrong where."""
    try:
        problem = json.loads(answer)
        words = [str(problem.get("detail") or problem["title"])]
        meant = [str(fault["suggestion"]) for fault in problem.get("faults", ()) if fault.get("suggestion")]
        words += [f"“{one}”?" for one in meant if one not in words[0]]
        words += [f"{one['field']}: {one['detail']}" for one in problem.get("errors", ()) if "detail" in one]
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"It answered with {status}."
    return " ".join(words)
