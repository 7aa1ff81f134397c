"""Durable-acknowledged requests a second, against what the server can do and what most teams write.

Ours is the whole path: endpoint look-up, signature, replay window, de-duplication, limits, secret from the
providers' cache, answered after commit. The limit is ``null``, behind the same server, asked by the same client.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from controlplane.standalone.installation import HTTP
from tests.load.harness import Result, Size, asked, percentile, ratio, rss_mb, served, tell
from tests.load.house import SECRET, SECRET_NAME
from tests.transactions.factories import estate

CONNECTIONS = 32
#: As docs/ingress.md says that it is run.
OPTIONS = ("--lifespan", "on", "--no-proxy-headers", "--http", HTTP)
#: Pairs, requests of each, and requests of the usual way, which takes so much longer.
AMOUNTS = {Size.QUICK: (1, 3_000, 500), Size.DEFAULT: (5, 40_000, 4_000), Size.FULL: (9, 100_000, 10_000)}


def measure(size: Size) -> Result:
    """Null, ours and the usual way, in turn."""
    pairs, requests, few = AMOUNTS[size]
    slug = estate("bench", secrets=[f"env://{SECRET_NAME}"], event_id="event.id").endpoint.slug
    rates: list[tuple[float, float, float]] = []
    slowest: list[float] = []
    with _servers() as (null, ours, usual, process):
        for port, path in ((null, "/"), (ours, f"/in/{slug}"), (usual, "/webhook")):
            _send(port, path, max(few, requests // 5), "warm")
        for number in range(pairs):
            limit = _send(null, "/", requests, f"r{number}")
            own = _send(ours, f"/in/{slug}", requests, f"r{number}")
            other = _send(usual, "/webhook", few, f"r{number}")
            rates.append((own["rate"], limit["rate"], other["rate"]))
            slowest.append(own["p99_ms"])
            tell(
                f"  {number + 1}/{pairs}: null {limit['rate']:.0f}/s, ours {own['rate']:.0f}/s with p99 "
                f"{own['p99_ms']:.1f} ms, the usual way {other['rate']:.0f}/s"
            )
        memory = rss_mb(process)
    _check(max(few, requests // 5) + pairs * requests)
    return Result(
        ratios={
            "null_asgi": ratio([(own, limit) for own, limit, _ in rates]),
            "orm_celery": ratio([(own, other) for own, _, other in rates]),
        },
        figures={
            "p99_ms": percentile(slowest, 0.5),
            "rss_mb": memory,
            "requests_per_s": percentile([own for own, _, _ in rates], 0.5),
        },
        runs=pairs,
    )


@contextmanager
def _servers() -> Iterator[tuple[int, int, int, subprocess.Popen[bytes]]]:
    """The ports of null, ours and the usual way, and our process."""
    usual = {"DJANGO_SETTINGS_MODULE": "tests.load.usual.settings"}
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--run-syncdb", "--verbosity", "0"],
        env={**os.environ, **usual},
        check=True,
    )
    with (
        served("tests.load.null:application", "--lifespan", "off") as (null, _),
        served("controlplane.asgi:ingress_application", *OPTIONS) as (ours, process),
        served("tests.load.usual.wsgi:application", "--interface", "wsgi", **usual) as (other, _),
    ):
        yield null, ours, other, process


def _send(port: int, path: str, requests: int, prefix: str) -> dict[str, Any]:
    """Send new events; anything but 202 spoils the measurement."""
    answer = asked(
        "tests.load.client",
        {
            "port": port,
            "path": path,
            "requests": requests,
            "prefix": prefix,
            "connections": CONNECTIONS,
            "secret": SECRET,
        },
    )
    if answer["statuses"] != {"202": requests}:
        raise RuntimeError(f"{path} was answered with {answer['statuses']}")
    return answer


def _check(accepted: int) -> None:
    """Every 2xx is in the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select (select count(*) from inbox), (select count(*) from dedupe), (select count(*) from payload)"
        )
        found = cursor.fetchone()
    if found != (accepted,) * 3:
        raise RuntimeError(f"{accepted} events were acknowledged, and {found} are in the database")
