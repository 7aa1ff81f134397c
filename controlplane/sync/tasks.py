"""The clock and the workers of sync. A message says "there is work" and nothing else: the work is rows."""

from __future__ import annotations

import os
import socket
import threading
import time

from celery import current_app, shared_task
from celery.signals import worker_shutting_down

from controlplane.foundation.logs import logger
from controlplane.sync.runs.claim import claim, work_waits
from controlplane.sync.runs.read import run_pages
from controlplane.sync.runs.schedule import due_slots
from controlplane.sync.runs.settle import settle_due

log = logger(__name__)

#: A worker looks for further runs for so long; then it makes room for other tasks.
SHIFT_SECONDS = 60.0
WORK = "controlplane.sync.work"

#: Runs that one process reads at once: the other threads of its pool stay free for short tasks.
MOST_AT_ONCE = 4
_room = threading.BoundedSemaphore(MOST_AT_ONCE)
_stopping = threading.Event()


@shared_task(name="controlplane.sync.tick", ignore_result=True)
def tick() -> None:
    """Plan what is due, look at what has arrived, and call a worker when a run waits. Every 10 seconds."""
    due_slots()
    settle_due()
    if work_waits():
        call_worker()


@shared_task(name=WORK, ignore_result=True)
def work() -> None:
    """Claim due runs and read on with them, one after the other, for one shift."""
    if not _room.acquire(blocking=False):
        return  # runs that are due are found by the next tick
    try:
        _work_a_shift(time.monotonic() + SHIFT_SECONDS)
    finally:
        _room.release()


def _work_a_shift(until: float) -> None:
    while time.monotonic() < until and not _stopping.is_set():
        claimed = claim(worker_name())
        if claimed is None:
            return
        if work_waits():
            call_worker()
        run_pages(claimed, nap=_stopping.wait, stopping=_stopping.is_set)
    call_worker()


def call_worker() -> None:
    """Ask for one more worker. A call that is lost costs a tick; one too many costs a look."""
    try:
        current_app.send_task(WORK, ignore_result=True, retry=False, expires=60)
    except Exception as error:  # noqa: BLE001 - whatever a broker raises
        log.warning("sync.call_unheard", error=type(error).__name__)


@worker_shutting_down.connect
def stop_reading(**_: object) -> None:
    """Give runs back after the page at hand, so that another worker goes on at once."""
    _stopping.set()


def worker_name() -> str:
    """Host and process, as pages show who reads."""
    return f"{socket.gethostname()}/{os.getpid()}"
