"""Running a bench and reporting it: the last line is one line of JSON, everything else goes to standard error.

A bench is a module with ``measure(size)`` that gives a :class:`Result`; it runs as ``python -m tests.load NAME
SIZE`` in an environment of ``house.own_house``. What is compared is measured in pairs, in turn, in the same
run: a machine that slows down slows both.
"""

from __future__ import annotations

import json
import os
import platform
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from statistics import median
from typing import Any

import psutil

LOOPBACK = "127.0.0.1"
READY_SECONDS = 60.0
PATIENCE = 600.0


class Size(StrEnum):
    """How much work: ``quick`` proves that the bench runs, ``default`` takes minutes, ``full`` is PERFORMANCE's."""

    QUICK = "quick"
    DEFAULT = "default"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Result:
    """What a bench found. ``ratios`` are ours, ``figures`` the machine's; ``runs`` is how many pairs there were."""

    ratios: Mapping[str, float]
    figures: Mapping[str, float]
    runs: int


def run(name: str, size: str) -> int:
    """Run a bench in a house of its own; returns its exit code."""
    from tests.load.house import own_house

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the house is cleared then as well
    with own_house() as environment:
        command = [sys.executable, "-m", "tests.load", name, size]
        return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 - our own


def main(name: str, size: Size) -> None:
    """Measure, and report."""
    import django
    from django.core.management import call_command

    from controlplane.foundation import collector

    django.setup()
    import_module("controlplane.celery")  # rings go through the configured application, as in production
    call_command("migrate", verbosity=0)
    collector.settle()  # as servers and workers do when they have started
    began = time.monotonic()
    result: Result = import_module(f"tests.load.{name}").measure(size)
    tell(f"{name}: done in {time.monotonic() - began:.0f} s")
    line = {
        "bench": name,
        "ratios": _rounded(result.ratios),
        "figures": _rounded(result.figures),
        "runs": result.runs,
        "machine": machine() | {"size": size.value},
    }
    sys.stdout.write(json.dumps(line) + "\n")


def machine() -> dict[str, Any]:
    """What it was measured on. ``load`` is what else was going on: the one-minute average when the bench ended."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select current_setting('server_version'), current_setting('fsync')")
        version, fsync = cursor.fetchone()
    return {
        "cpus": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "postgres": version.split()[0],
        "fsync": fsync,
        "load": round(os.getloadavg()[0], 1),
    }


def tell(what: str) -> None:
    """A line for whoever waits."""
    sys.stderr.write(what + "\n")
    sys.stderr.flush()


def ratio(pairs: Sequence[tuple[float, float]]) -> float:
    """The median of what the first of each pair is of the second."""
    return median(ours / theirs for ours, theirs in pairs)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that so large a share does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def rss_mb(process: subprocess.Popen[bytes]) -> float:
    """What the process holds in memory, in MB."""
    resident: int = psutil.Process(process.pid).memory_info().rss
    return resident / 1e6


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        port: int = taken.getsockname()[1]
        return port


@contextmanager
def running(*command: str, port: int | None = None, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process in the background, from the moment it listens on ``port`` until the end of the block."""
    process = subprocess.Popen(  # noqa: S603 - our own
        [sys.executable, *command], env={**os.environ, **environment}, stdout=sys.stderr
    )
    try:
        if port is not None:
            _wait_for(port, process)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def served(application: str, *options: str, **environment: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """An application behind uvicorn with one worker, as in production: its port and its process."""
    port = free_port()
    command = ["-m", "uvicorn", application, "--host", LOOPBACK, "--port", str(port), "--no-access-log", *options]
    with running(*command, "--log-level", "warning", port=port, **environment) as process:
        yield port, process


def asked(module: str, question: Mapping[str, Any]) -> dict[str, Any]:
    """The answer of a program that reads JSON and writes JSON, run in a process of its own."""
    done = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-m", module],
        input=json.dumps(question).encode(),
        stdout=subprocess.PIPE,
        check=True,
        timeout=PATIENCE,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the process ended with {process.returncode} before it listened")
        with socket.socket() as knocking:
            if knocking.connect_ex((LOOPBACK, port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the process did not listen in time")


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {name: float(f"{value:.4g}") for name, value in values.items()}
