"""A door to knock at: an ingress on an event loop in a thread of its own, so that tests are plain functions."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import orjson

from connectors.messages import Request, Secret
from connectors.signatures import sign
from controlplane.transactions.ingress.application import Ingress
from tests.transactions.carrying import SECRET, Answered
from tests.transactions.factories import Estate

T = TypeVar("T")
Message = MutableMapping[str, Any]
Headers = Mapping[str, str] | Iterable[tuple[bytes, bytes]]

JSON = {"content-type": "application/json"}


@dataclass
class Sender:
    """One request as the server hands it to the application, part by part; ``sent`` is what came back."""

    parts: Sequence[Message]
    sent: list[Message] = field(default_factory=list)
    read: int = 0
    #: Set to let a sender go on that says nothing more.
    goes_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self) -> Message:
        """The next part; a sender that has said all keeps the connection and is silent."""
        if self.read < len(self.parts):
            self.read += 1
            return self.parts[self.read - 1]
        await self.goes_on.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Take a part of the answer."""
        self.sent.append(message)

    @property
    def answered(self) -> Answered:
        """The answer."""
        start, *rest = self.sent
        headers = {name.decode(): value.decode() for name, value in start["headers"]}
        return Answered(start["status"], headers, b"".join(part.get("body", b"") for part in rest))


def whole(body: bytes) -> list[Message]:
    """A body that arrives at once."""
    return [{"type": "http.request", "body": body, "more_body": False}]


def chunks(*parts: bytes, ends: bool = True) -> list[Message]:
    """A body that arrives in parts; one that does not end goes on being expected."""
    last = len(parts) - 1
    return [{"type": "http.request", "body": p, "more_body": n < last or not ends} for n, p in enumerate(parts)]


def raw(headers: Headers) -> list[tuple[bytes, bytes]]:
    """Headers as servers give them."""
    if isinstance(headers, Mapping):
        return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    return list(headers)


def scope_of(path: str, headers: Headers, method: str = "POST", query: bytes = b"") -> dict[str, Any]:
    """The ASGI scope of a request."""
    return {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query,
        "headers": raw(headers),
        "client": ("192.0.2.7", 50000),
    }


@dataclass
class Door:
    """An endpoint's door. Every method waits for its answer."""

    ingress: Ingress
    loop: asyncio.AbstractEventLoop
    slug: str = "billing-webhooks"
    scheme: str = "stripe"
    scheme_settings: Mapping[str, Any] = field(default_factory=dict)

    def run(self, what: Coroutine[Any, Any, T], seconds: float = 30) -> T:
        """Run it on the ingress's loop."""
        return asyncio.run_coroutine_threadsafe(what, self.loop).result(seconds)

    def knock(self, sender: Sender, headers: Headers = (), *, path: str = "", method: str = "POST") -> Sender:
        """Hand one request over, however strange; gives the sender back."""
        scope = scope_of(path or f"/in/{self.slug}", headers, method)
        self.run(self.ingress(scope, sender.receive, sender.send))
        return sender

    def post(self, body: bytes = b"", headers: Headers = (), *, path: str = "", method: str = "POST") -> Answered:
        """Post these bytes as they are."""
        return self.knock(Sender(whole(body)), headers, path=path, method=method).answered

    def send(self, document: Any, headers: Mapping[str, str] | None = None, **signing: Any) -> Answered:
        """Post a document, or bytes, signed as the endpoint asks."""
        body = document if isinstance(document, bytes) else orjson.dumps(document)
        return self.post(body, self.signed(body, headers, **signing))

    def signed(
        self,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        *,
        secret: str = SECRET,
        age: float = 0,
    ) -> dict[str, str]:
        """The headers of a request that is signed with ``secret``, ``age`` seconds ago."""
        request = Request("POST", "", {**JSON, **(headers or {})}, body)
        at = datetime.now(UTC) - timedelta(seconds=age)
        return dict(sign(self.scheme, request, Secret(secret), self.scheme_settings, at).headers)

    def all(self, requests: Sequence[tuple[bytes, Mapping[str, str]]]) -> list[Answered]:
        """Post all of these at the same time; answers in the same order."""

        async def at_once() -> list[Answered]:
            return await asyncio.gather(*(self.posting(body, headers) for body, headers in requests))

        return self.run(at_once(), 90)

    async def posting(self, body: bytes, headers: Mapping[str, str]) -> Answered:
        """Post, on the loop."""
        sender = Sender(whole(body))
        await self.ingress(scope_of(f"/in/{self.slug}", headers), sender.receive, sender.send)
        return sender.answered

    def until(self, asks: Callable[[], Awaitable[bool]], seconds: float = 10) -> None:
        """Ask again and again until it is so."""

        async def watch() -> None:
            async with asyncio.timeout(seconds):
                while not await asks():  # noqa: ASYNC110 - what is asked about has no event of its own
                    await asyncio.sleep(0.01)

        self.run(watch(), seconds + 5)

    def until_answer(self, status: int, document: Any) -> Answered:
        """Send it until it is answered with that status."""
        answer = self.send(document)

        async def changed() -> bool:
            nonlocal answer
            body = orjson.dumps(document)
            answer = await self.posting(body, self.signed(body))
            return answer.status == status

        if answer.status != status:
            self.until(changed)
        return answer


def open_door(**options: Any) -> tuple[Door, threading.Thread]:
    """A door and the thread behind it."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="door", daemon=True)
    thread.start()
    return Door(Ingress(), loop, **options), thread


def close_door(door: Door, thread: threading.Thread) -> None:
    """Stop the ingress, then its loop."""
    door.run(door.ingress.stop())
    door.loop.call_soon_threadsafe(door.loop.stop)
    thread.join()
    door.loop.close()


def refer(estate: Estate, *references: str) -> None:
    """Give the estate's endpoint these references."""
    estate.endpoint.secrets = list(references)
    estate.endpoint.save()
