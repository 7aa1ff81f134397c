"""``/metrics`` of a process that serves no pages: a worker, a consumer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from django.conf import settings
from prometheus_client import CONTENT_TYPE_LATEST

from controlplane.foundation.metrics import allowed, exposed

Environment = dict[str, Any]


def serve() -> None:
    """Answer in the background, where a port is set. Raises ``OSError`` when somebody else has it."""
    if settings.METRICS_PORT:
        server = make_server("", settings.METRICS_PORT, _answer, handler_class=_Quiet)
        threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()


def _answer(environ: Environment, start: Callable[[str, list[tuple[str, str]]], Any]) -> Iterable[bytes]:
    if environ["PATH_INFO"] != "/metrics":
        start("404 Not Found", [])
        return [b""]
    if not allowed(environ.get("HTTP_AUTHORIZATION", "")):
        start("401 Unauthorized", [("WWW-Authenticate", "Bearer")])
        return [b""]
    start("200 OK", [("Content-Type", CONTENT_TYPE_LATEST)])
    return [exposed()]


class _Quiet(WSGIRequestHandler):
    """Scrapes are not worth a line each; a scraper that stops in the middle does not hold up the next for long."""

    timeout = 5

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""
