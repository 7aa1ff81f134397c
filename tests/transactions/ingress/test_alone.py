"""An ingress that runs alone tells of its own health, in the words of the console's pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
from django.db import connection

from controlplane.asgi import Application
from controlplane.foundation import clock, collector, partitions
from controlplane.transactions.ingress import health as module
from controlplane.transactions.ingress.pressure import Pressure, Seen
from tests.foundation.web_server import answers, said, serving
from tests.transactions.ingress.conftest import Opens

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def port(opens: Opens, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Where it is served alone; it looks at the database anew for each probe."""
    opens()
    monkeypatch.setattr(collector, "settle", lambda: None)  # this process has other tests to run
    monkeypatch.setattr(module, "KEEP_SECONDS", 0.0)
    for look in ("measure", "count"):
        monkeypatch.setattr(Pressure, look, look_away)
    with serving(Application(alone=True)) as made:
        yield made


async def look_away(_: Pressure) -> None:
    """What presses is the test's to say."""


def asked(port: int, path: str, method: str = "GET", *lines: str) -> tuple[int, Any]:
    """Status and document of an answer."""
    raw = said(port, "\r\n".join([f"{method} {path} HTTP/1.1", "host: x", *lines, "", ""]).encode())
    ((status, body),) = answers(raw)
    return status, orjson.loads(body)


def test_it_lives_and_is_ready(port: int) -> None:
    assert asked(port, "/health/live") == (200, {"status": "alive"})
    assert asked(port, "/health/ready") == (
        200,
        {"status": "ready", "checks": {"database": "ok", "pressure": "ok"}},
    )


def test_without_its_database_it_lives_and_is_not_ready(
    port: int, database_away: Callable[[], Callable[[], None]]
) -> None:
    comes_back = database_away()
    assert asked(port, "/health/live")[0] == 200
    status, document = asked(port, "/health/ready")
    assert (status, document["status"]) == (503, "not ready")
    assert document["checks"]["database"] == "the database does not answer: OperationalError"
    comes_back()
    assert asked(port, "/health/ready")[0] == 200


def test_without_this_weeks_partitions_it_is_not_ready(port: int) -> None:
    name = partitions.name_of("payload_standard", partitions.week_of(clock.now()))
    with connection.cursor() as cursor:
        cursor.execute(f"alter table {name} rename to set_aside")
    try:
        status, document = asked(port, "/health/ready")
        assert (status, document["checks"]["database"]) == (503, f"this week's partitions are missing: {name}")
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"alter table set_aside rename to {name}")


@pytest.mark.parametrize(("free", "status"), [(700, 200), (300, 200), (100, 503)])
def test_it_is_ready_as_long_as_critical_events_are_let_in(port: int, settings: Any, free: int, status: int) -> None:
    settings.DISK_RESERVE = 200 * 1024**2
    assert asked(port, "/health/ready")[0] == 200  # it has started
    assert Pressure.here is not None
    Pressure.here.seen = Seen(free * 1024**2, {})
    answered, document = asked(port, "/health/ready")
    assert answered == status
    assert (document["checks"]["pressure"] == "ok") == (free == 700)


def test_its_counters_are_behind_the_token_where_there_is_one(port: int, settings: Any) -> None:
    assert b"interlock_ingress_requests_total" in said(port, b"GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n")
    settings.METRICS_TOKEN = "scrape"
    assert asked(port, "/metrics")[0] == 401
    request = b"GET /metrics HTTP/1.1\r\nhost: x\r\nauthorization: Bearer scrape\r\n\r\n"
    assert answers(said(port, request))[0][0] == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("POST", "/health/ready", 404), ("GET", "/", 405), ("POST", "/signin/", 404), ("GET", "/health/", 405)],
)
def test_there_is_nothing_else_to_see(port: int, method: str, path: str, status: int) -> None:
    assert asked(port, path, method)[0] == status
