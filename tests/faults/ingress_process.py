"""The ingress as a process of its own, on the test's database or through a proxy before that."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson
from django.db import connection

from connectors.messages import Request, Secret
from connectors.signatures import sign
from controlplane.foundation.clock import now
from controlplane.standalone.choices import PROJECT
from controlplane.standalone.installation import HTTP
from tests.faults.proxy import Proxy
from tests.foundation.web_server import said, statuses
from tests.standalone.installed import free_port
from tests.standalone.waiting import until
from tests.transactions.carrying import SECRET

PATIENCE = 4


@dataclass(frozen=True)
class IngressProcess:
    """Where it listens, and its process."""

    port: int
    process: subprocess.Popen[bytes]

    def asks(self, path: str) -> tuple[int, dict[str, Any]]:
        """The answer to a GET; (0, {}) when nobody answers."""
        try:
            raw = said(self.port, f"GET {path} HTTP/1.1\r\nhost: x\r\n\r\n".encode(), patience=10)
        except ConnectionError:
            return 0, {}
        if not raw:
            return 0, {}
        return statuses(raw)[0], orjson.loads(raw.partition(b"\r\n\r\n")[2])

    def ready(self) -> bool:
        """Whether it says that it is."""
        return self.asks("/health/ready")[0] == 200

    async def post(self, session: aiohttp.ClientSession, slug: str, number: int) -> tuple[int, str]:
        """Send an event: status and id; (0, "") when no answer came."""
        url = f"http://127.0.0.1:{self.port}/in/{slug}"
        try:
            async with session.post(url, **signed(number)) as answer:
                document = await answer.json(content_type=None)
                return answer.status, document.get("id", "")
        except (aiohttp.ClientError, TimeoutError):
            return 0, ""


def signed(number: int) -> dict[str, Any]:
    """The body and headers of an event."""
    body = orjson.dumps({"id": f"evt_{number}"})
    bare = Request("POST", "", {"content-type": "application/json"}, body)
    return {"data": body, "headers": dict(sign("stripe", bare, Secret(SECRET), {}, now()).headers)}


def proxy_to_database() -> Proxy:
    """One before the test's PostgreSQL, which listens on a Unix socket or on a port of this machine."""
    database = connection.settings_dict
    host, port = str(database["HOST"]), int(database["PORT"] or 5432)
    return Proxy(path=f"{host}/.s.PGSQL.{port}") if host.startswith("/") else Proxy(port)


def database_url(through: Proxy | None = None) -> str:
    """The test's database, straight or through a proxy."""
    database = connection.settings_dict
    host = str(database["HOST"]).replace("/", "%2F")
    where = f"127.0.0.1:{through.port}" if through else f"{host}:{database['PORT'] or 5432}"
    password = f":{database['PASSWORD']}" if database["PASSWORD"] else ""
    return f"postgres://{database['USER']}{password}@{where}/{database['NAME']}"


@contextmanager
def ingress_process(through: Proxy | None = None, *, ahead: float = 0, **more: str) -> Iterator[IngressProcess]:
    """Started as docs/ingress.md says, and ready; its clock so many seconds ``ahead``."""
    port = free_port()
    skew = ["-m", "tests.faults.skewed", str(ahead)] if ahead else ["-m"]
    command = [sys.executable, *skew, "uvicorn", "controlplane.asgi:ingress_application", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--lifespan", "on", "--no-access-log", "--log-level", "warning"]
    command += ["--timeout-graceful-shutdown", str(PATIENCE), "--no-proxy-headers", "--http", HTTP]
    environment = os.environ | {
        "DATABASE_URL": database_url(through),
        "BROKER_URL": f"redis://127.0.0.1:{free_port()}/0",
        "INTERLOCK_LOG_LEVEL": "ERROR",
        **more,
    }
    process = subprocess.Popen(command, cwd=PROJECT, env=environment)
    made = IngressProcess(port, process)
    try:
        until(made.ready, within=60)
        yield made
    finally:
        process.kill()
        process.wait()
