"""The plane as senders and people meet it: a real server on loopback and a carrier beside it."""

from __future__ import annotations

import string
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import uvicorn
import yaml

from controlplane.audit.models import Actor
from controlplane.console.estate.apply import apply
from controlplane.transactions.pipeline.carrier import Carrier
from controlplane.transactions.pipeline.catalogue import Catalogue

T = TypeVar("T")
HERE = Path(__file__).parent


class Plant:
    """``with Plant() as plant``: everything runs; what it was asked for has come when ``wait`` returns."""

    def __init__(self) -> None:
        from controlplane.asgi import Application

        configuration = uvicorn.Config(
            Application(), host="127.0.0.1", port=0, log_config=None, access_log=False, lifespan="on", ws="none"
        )
        self._server = uvicorn.Server(configuration)
        self._thread = threading.Thread(target=self._server.run, name="plant", daemon=True)
        self._carrier = Carrier(Catalogue())

    def __enter__(self) -> Self:
        self._thread.start()
        wait(lambda: self._server.started, "the server has started")
        self._carrier.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._carrier.stop(10)
        self._server.should_exit = True
        self._thread.join(10)

    @property
    def url(self) -> str:
        """Where it listens."""
        port = self._server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"


def found_estate(**values: str) -> None:
    """Apply ``estate.yaml`` with its ``$NAMES`` filled in."""
    document: Mapping[str, Any] = yaml.safe_load(string.Template((HERE / "estate.yaml").read_text()).substitute(values))
    apply(document, actor=Actor(label="journey"))


def wait(condition: Callable[[], T | None], what: str, seconds: float = 30.0) -> T:
    """Look until the condition holds; its value then. Fails with ``what`` was waited for."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds:.0f} s: {what}")
