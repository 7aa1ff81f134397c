"""Worker processes on the test's database, many beside each other: each carries, none needs a broker.

``python -m tests.faults.workers`` is one of them.
"""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
from django.db import connection

from controlplane.standalone.choices import PROJECT
from tests.standalone.waiting import until


@contextmanager
def working(count: int, **environment: str) -> Iterator[list[subprocess.Popen[bytes]]]:
    """So many workers, gone afterwards."""
    started = [start(None, **environment) for _ in range(count)]
    try:
        yield started
    finally:
        for process in started:
            process.kill()
        for process in started:
            process.wait()


def start(log: Path | None = None, **environment: str) -> subprocess.Popen[bytes]:
    """One more; it looks for work every second. What it says goes to ``log``, or to where the test's own words go."""
    plain = {
        "INTERLOCK_PRIVATE_NETWORKS": "127.0.0.0/8",
        "INTERLOCK_LOG_LEVEL": "ERROR",
        "INTERLOCK_SWEEP_SECONDS": "1",
        "DATABASE_URL": _database_url(),
    }
    command, variables = [sys.executable, "-m", "tests.faults.workers"], {**os.environ, **plain, **environment}
    if log is None:
        return subprocess.Popen(command, cwd=PROJECT, env=variables)
    with log.open("ab") as words:
        return subprocess.Popen(command, cwd=PROJECT, env=variables, stdout=words, stderr=words)


def signal_all(worker: subprocess.Popen[bytes], how: signal.Signals) -> None:
    """To a worker, its twin and that one's keeper, as if their machine had been stopped."""
    beside = psutil.Process(worker.pid).children(recursive=True)
    for pid in [*(process.pid for process in beside), worker.pid]:
        os.kill(pid, how)


def twin_of(worker: Callable[[], int | None], *, not_that: int = 0) -> psutil.Process:
    """What carries beside a worker, as soon as there is one and it is not the process of that number."""
    found: list[psutil.Process] = []

    def found_one() -> bool:
        with suppress(psutil.NoSuchProcess):
            pid = worker()
            keepers = psutil.Process(pid).children() if pid is not None else []
            twins = [twin for keeper in keepers for twin in keeper.children() if twin.pid != not_that]
            found.extend(twin for twin in twins if twin.status() != psutil.STATUS_ZOMBIE)
        return bool(found)

    until(found_one, within=60)
    return found[0]


def drained() -> bool:
    """Whether nothing is left to do."""
    with connection.cursor() as cursor:
        cursor.execute("select not exists (select from inbox) and not exists (select from step_queue)")
        return bool(cursor.fetchone()[0])


def _database_url() -> str:
    found = connection.settings_dict
    host = str(found["HOST"]).replace("/", "%2F")
    return f"postgres://{found['USER']}@{host}:{found['PORT'] or 5432}/{found['NAME']}"


def main() -> None:
    """Carry until asked to stop."""
    import django

    django.setup()
    carrier = importlib.import_module("controlplane.transactions.pipeline.carrier").Carrier()
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    carrier.start(alone=True)
    if os.environ.get("FAULTS_WATCH"):
        importlib.import_module("controlplane.transactions.discovering.watch").watcher.start()
        # Nobody rings here: it looks for events as often as it would be rung for.
        while not stop.wait(0.05):
            carrier.wake("process")
    stop.wait()
    carrier.stop()


if __name__ == "__main__":
    main()
