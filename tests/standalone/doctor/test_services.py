"""What the doctor says of broker, cache, worker and vault."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from celery import Celery
from django.core.cache.backends.redis import RedisCache
from pytest_django import Settings

from controlplane.standalone.doctor import services
from controlplane.standalone.doctor.finding import State


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if broker and cache were named: their state is not asked of a supervisor."""
    monkeypatch.setenv("BROKER_URL", "set")
    monkeypatch.setenv("CACHE_URL", "set")


@pytest.fixture
def never_started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An installation whose embedded services were never started."""
    monkeypatch.delenv("BROKER_URL", raising=False)
    monkeypatch.delenv("CACHE_URL", raising=False)
    monkeypatch.setenv("INTERLOCK_VAR", str(tmp_path))


def test_embedded_services_that_were_never_started_are_not_called_broken(never_started: None) -> None:
    findings = [services.broker(), services.cache_store(), services.worker()]
    assert {finding.state for finding in findings} == {State.NOT_CHECKED}


def test_broker_and_cache_that_answer_are_good(outside: None) -> None:
    assert [services.broker().what, services.cache_store().what] == ["reachable", "reachable"]


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "amqp://127.0.0.1:1//", "redis+socket:///nowhere.sock"])
def test_a_broker_that_cannot_be_reached_is_bad_and_its_workers_unknown(
    outside: None, settings: Settings, url: str
) -> None:
    settings.BROKER_URL = url
    assert services.broker().what.startswith("The broker cannot be reached: ")
    assert services.broker().state is State.BAD
    assert services.worker().state is State.NOT_CHECKED


def test_a_cache_that_cannot_be_reached_is_bad(outside: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "cache", RedisCache("redis://127.0.0.1:1/0", {}))
    assert services.cache_store().state is State.BAD


def test_without_a_worker_deliveries_wait(outside: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "SECONDS", 0.2)
    assert services.worker().what == "No worker answers; deliveries wait."


def test_workers_that_answer_are_named(outside: None, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [{"celery@b": {"ok": "pong"}}, {"celery@a": {"ok": "pong"}}]
    monkeypatch.setattr(Celery, "control", type("Control", (), {"ping": staticmethod(lambda **_: answers)}))
    assert (services.worker().state, services.worker().what) == (State.OK, "celery@a, celery@b")


@pytest.fixture
def vault(settings: Settings) -> Iterator[type[BaseHTTPRequestHandler]]:
    """A vault's health door on the loopback; ``vault.status`` is what it answers."""

    class Health(BaseHTTPRequestHandler):
        status = 200

        def do_GET(self) -> None:
            assert self.path == "/v1/sys/health"
            self.send_response(self.status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Health) as server:
        settings.VAULT_ADDR = f"http://127.0.0.1:{server.server_port}"
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        yield Health
        server.shutdown()
        serving.join()


@pytest.mark.parametrize(
    ("status", "state", "word"),
    [
        (200, State.OK, "is open"),
        (429, State.OK, "is open"),
        (501, State.BAD, "was never initialised"),
        (503, State.BAD, "is sealed"),
        (404, State.WARN, "answers with 404"),
    ],
)
def test_vault(vault: type[BaseHTTPRequestHandler], status: int, state: State, word: str) -> None:
    vault.status = status  # type: ignore[attr-defined]
    finding = services.vault()
    assert finding.state is state
    assert word in finding.what


def test_a_vault_that_cannot_be_reached_is_bad(settings: Settings) -> None:
    settings.VAULT_ADDR = "http://127.0.0.1:1"
    assert services.vault().what.startswith("The vault at http://127.0.0.1:1 cannot be reached: ")


def test_no_vault_is_no_fault(settings: Settings) -> None:
    settings.VAULT_ADDR = ""
    assert services.vault().state is State.OK
