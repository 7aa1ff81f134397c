"""A container is healthy when its process does its work, and not because it has one."""

from __future__ import annotations

import http.server
import importlib.util
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

import pytest

from controlplane.standalone.choices import PROJECT


@pytest.fixture
def health() -> ModuleType:
    """The image's script."""
    spec = importlib.util.spec_from_file_location("container_health", PROJECT / "docker" / "health.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def answering(status: int, asked: list[tuple[str, str]]) -> Iterator[int]:
    """A server that answers everything with ``status``; gives its port."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, self.headers["Host"]))
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the base class
            """Nothing."""

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.mark.parametrize(
    ("role", "status", "healthy", "path"),
    [
        ("web", 200, True, "/health/ready"),
        ("web", 503, False, "/health/ready"),
        ("ingress", 405, True, "/in/"),
        ("ingress", 500, False, "/in/"),
    ],
)
def test_a_server_is_asked_by_the_name_that_it_answers_to(
    health: ModuleType, monkeypatch: pytest.MonkeyPatch, role: str, status: int, *, healthy: bool, path: str
) -> None:
    monkeypatch.setenv("INTERLOCK_HOSTS", "interlock.example, 10.0.0.1")
    asked: list[tuple[str, str]] = []
    with answering(status, asked) as port:
        monkeypatch.setattr(health, "PORT", port)
        assert health.healthy(role) is healthy
    assert asked == [(path, "interlock.example")]


@pytest.mark.parametrize("role", ["web", "ingress"])
def test_where_nobody_listens_nothing_is_healthy(
    health: ModuleType, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    monkeypatch.setattr(health, "PORT", 1)
    assert health.healthy(role) is False
