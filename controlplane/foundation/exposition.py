"""How metrics are read: gauges of the moment, who may scrape, and a port for processes that serve no pages."""

from __future__ import annotations

import hmac
import os
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from django.conf import settings
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Gauge, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

Environment = dict[str, Any]
_READ_WHEN_ASKED: dict[Gauge, Callable[[], float]] = {}


def read_when_asked(gauge: Gauge, value: Callable[[], float]) -> None:
    """What ``gauge`` says of this process is looked up at each scrape that this process answers.

    The library's own ``set_function`` is not seen by the other processes, nor by a scrape for all of them.
    """
    _READ_WHEN_ASKED[gauge] = value


def exposed() -> bytes:
    """What ``/metrics`` answers with: the counts of this process, or of all that share its folder."""
    for gauge, value in _READ_WHEN_ASKED.items():
        gauge.set(value())
    if not settings.METRICS_FOLDER:
        return generate_latest(REGISTRY)
    _forget_the_dead(Path(settings.METRICS_FOLDER))
    together = CollectorRegistry()
    MultiProcessCollector(together, path=settings.METRICS_FOLDER)  # type: ignore[no-untyped-call]
    return generate_latest(together)


def allowed(authorization: str) -> bool:
    """Whether a scrape with this ``Authorization`` header may read them."""
    token = settings.METRICS_TOKEN
    return not token or hmac.compare_digest(authorization.encode(), f"Bearer {token}".encode())


def _forget_the_dead(folder: Path) -> None:
    """What a process counted stays when it ends; what it held at the moment does not."""
    for file in folder.glob("gauge_live*_*.db"):
        try:
            os.kill(int(file.stem.rpartition("_")[2]), 0)
        except ProcessLookupError:
            file.unlink(missing_ok=True)
        except PermissionError:
            continue


def serve() -> None:
    """Answer ``/metrics`` in the background, where a port is set. Raises ``OSError`` when somebody else has it."""
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
