"""Celery's thin side: the ring, and what happens by the hour. Every task calls one service."""

from __future__ import annotations

import threading

from celery import current_app, shared_task
from celery.signals import worker_init, worker_shutting_down

from controlplane.foundation import collector, exposition
from controlplane.transactions import counting_hours, upkeep
from controlplane.transactions.discovering import sample
from controlplane.transactions.discovering.watch import watcher
from controlplane.transactions.export.write import forget_exports, write_next
from controlplane.transactions.pipeline.carrier import carrier
from controlplane.transactions.releases.carry import carry_all

#: Kinds of work that are not carried here: the task of an app above that takes them, by name.
ELSEWHERE = {
    "sync": "controlplane.sync.work",
    "export": "controlplane.transactions.write_exports",
    "release": "controlplane.transactions.carry_releases",
    "checks": "controlplane.governance.run_checks",
}
#: One export at a time in a process: the other threads of its pool stay free for short tasks.
_writing = threading.Lock()
#: The same for releases.
_releasing = threading.Lock()


@shared_task(name="controlplane.ring", ignore_result=True)
def ring(kind: str, lane: str) -> None:  # noqa: ARG001 - lanes are told apart when claiming
    """There is work: wake this worker's carrier, or call the task that takes this kind."""
    if kind in ELSEWHERE:
        current_app.send_task(ELSEWHERE[kind], ignore_result=True, retry=False, expires=60)
    else:
        carrier.wake(kind)


@shared_task(name="controlplane.transactions.make_partitions", ignore_result=True)
def make_partitions() -> None:
    """Make the coming weeks ahead."""
    upkeep.make_partitions()


@shared_task(name="controlplane.transactions.keep_retention", ignore_result=True)
def keep_retention() -> None:
    """Drop the weeks whose time is over."""
    upkeep.keep_retention()


@shared_task(name="controlplane.transactions.release_parked", ignore_result=True)
def release_parked() -> None:
    """Release heads that nobody promoted."""
    upkeep.release_parked()


@shared_task(name="controlplane.transactions.count_hours", ignore_result=True)
def count_hours() -> None:
    """Count the hours that may have changed."""
    counting_hours.count_hours()


@shared_task(name="controlplane.transactions.discover", ignore_result=True)
def discover() -> None:
    """Look at samples of the last hour."""
    sample.sample()


@shared_task(name="controlplane.transactions.carry_releases", ignore_result=True)
def carry_releases() -> None:
    """Let out what waits in releases; what another process lets out stays its own."""
    if not _releasing.acquire(blocking=False):
        return  # whoever is at it looks for the next part, and the clock asks again
    try:
        carry_all()
    finally:
        _releasing.release()


@shared_task(name="controlplane.transactions.write_exports", ignore_result=True)
def write_exports() -> None:
    """Write the exports that wait; what another process writes stays its own."""
    if not _writing.acquire(blocking=False):
        return  # whoever is writing looks for the next one, and the clock asks again
    try:
        while write_next():
            pass
    finally:
        _writing.release()


@shared_task(name="controlplane.transactions.forget_exports", ignore_result=True)
def forget() -> None:
    """Delete the files whose day is over."""
    forget_exports()


@worker_init.connect
def begin_carrying(**_: object) -> None:
    """A worker carries from its start: ``worker_ready`` would wait for a broker that may be away (invariant 1)."""
    collector.settle()
    carrier.start(alone=True)
    watcher.start()
    exposition.serve()


@worker_shutting_down.connect
def end_carrying(**_: object) -> None:
    """Finish what is under way."""
    watcher.stop()
    carrier.stop()
