"""A place on loopback for webhooks to arrive: keeps each as it came and answers 200."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

import orjson


@dataclass(frozen=True)
class Webhook:
    """One request as it came; ``headers`` have lower-case names."""

    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        """The body as JSON."""
        event: dict[str, Any] = orjson.loads(self.body)
        return event


@dataclass
class Receiver:
    """``with Receiver() as receiver: …`` listens; ``wait_until`` waits for what should come."""

    received: list[Webhook] = field(default_factory=list)
    _arrived: threading.Condition = field(default_factory=threading.Condition)

    def __enter__(self) -> Self:
        """Listen on a free port."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # the name that http.server calls
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                receiver._keep(Webhook({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parent's name for it
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where to send webhooks."""
        return f"http://127.0.0.1:{self._server.server_port}/webhooks"

    def _keep(self, webhook: Webhook) -> None:
        with self._arrived:
            self.received.append(webhook)
            self._arrived.notify_all()

    def wait_until(self, enough: Callable[[list[Webhook]], bool], seconds: float = 10.0) -> list[Webhook]:
        """What has come once ``enough`` is true of it; ``AssertionError`` when it does not become true."""
        with self._arrived:
            came = self._arrived.wait_for(lambda: enough(self.received), seconds)
            assert came, f"only these came: {[webhook.event['type'] for webhook in self.received]}"
            return list(self.received)

    def wait_for(self, *types: str, seconds: float = 10.0) -> list[Webhook]:
        """What has come once an event of each of these types is among it."""
        return self.wait_until(lambda all_: set(types) <= {one.event["type"] for one in all_}, seconds)
