"""What processes count together, and a worker's own ``/metrics``."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from controlplane.foundation import exposition
from controlplane.standalone.choices import PROJECT
from tests.load.harness import free_port

COUNTING = """
import django, sys
django.setup()
from controlplane.foundation import exposition, metrics
metrics.TAKEOVERS.inc(int(sys.argv[1]))
exposition.read_when_asked(metrics.INGRESS_WAITING, lambda: int(sys.argv[1]))
metrics.DELIVERY_SECONDS.observe(0.02)
sys.stdout.write(exposition.exposed().decode())
"""


def counted(folder: Path, amount: int) -> list[str]:
    """What a process that counts so much exposes in the end."""
    done = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-c", COUNTING, str(amount)],
        cwd=PROJECT,
        env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "controlplane.settings"},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.splitlines()


def test_processes_that_share_a_folder_count_together_and_what_the_dead_held_is_forgotten(tmp_path: Path) -> None:
    folder = tmp_path / "counted"
    alone, together = counted(folder, 2), counted(folder, 3)
    assert "interlock_takeovers_total 2.0" in alone
    assert "interlock_takeovers_total 5.0" in together
    assert 'interlock_delivery_seconds_bucket{le="0.025"} 2.0' in together
    assert "interlock_ingress_waiting 3.0" in together


@pytest.fixture
def port(settings: Any) -> int:
    """A worker's, which serves."""
    settings.METRICS_PORT = free_port()
    settings.METRICS_TOKEN = "scrape"
    exposition.serve()
    return int(settings.METRICS_PORT)


def asked(port: int, path: str, **headers: str) -> tuple[int, str]:
    """The answer to a GET."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


@pytest.mark.enable_socket
def test_a_worker_exposes_what_it_counts_to_who_has_the_token(port: int) -> None:
    status, text = asked(port, "/metrics", Authorization="Bearer scrape")
    assert status == 200
    assert "# TYPE interlock_takeovers_total counter" in text
    assert asked(port, "/metrics")[0] == 401
    assert asked(port, "/metrics", Authorization="Bearer scr\xe4pe")[0] == 401
    assert asked(port, "/anything")[0] == 404


def test_without_a_port_nothing_listens(settings: Any) -> None:
    settings.METRICS_PORT = 0
    before = threading.active_count()
    exposition.serve()
    assert threading.active_count() == before
