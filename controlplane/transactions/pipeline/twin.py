"""A second carrier in a process of its own, where there is a processor for it: one interpreter uses one processor.

A worker that has more than one forks before it starts anything else; what it has imported is shared. A byte through a
pipe wakes the other side. When the worker ends, however it ends, its pipe ends, and the twin goes after what it has
under way. When the twin ends, its keeper forks another one: a process of one thread between the two, which does nothing
else, because a worker at work cannot fork. What the ended one left is taken over by lease.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import threading
import time
from collections.abc import Callable
from typing import Protocol

from django.db import connections

from controlplane.foundation.logs import logger
from controlplane.foundation.processors import processors

log = logger(__name__)

#: What is written to wake it, for each kind of work.
RINGS = {"process": b"p", "deliver": b"d", "sweep": b"s"}
_KINDS = {ring[0]: kind for kind, ring in RINGS.items()}
STOP_SECONDS = 3.0
#: Before a twin that ended is replaced: twice as long for each that did not last, up to the second number.
SHORTEST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
#: Whoever has carried for so long did not end because of how it began.
LASTING_SECONDS = 60.0


class Carrying(Protocol):
    """A carrier, as its process sees it."""

    def start(self) -> None:
        """Begin."""

    def wake(self, kind: str) -> None:
        """There may be work."""

    def stop(self, seconds: float) -> None:
        """Let what is under way come to its end."""


def worthwhile() -> bool:
    """Whether a second process would get a processor, and may be forked: no thread holds a lock that it needs."""
    return processors() > 1 and threading.active_count() == 1


class Twin:
    """The process beside this one. Made where nothing has been started yet: it forks."""

    def __init__(self, make: Callable[[], Carrying]) -> None:
        rings, self._ring = os.pipe()
        os.set_blocking(self._ring, False)  # a process that stands still has rings enough
        self._ringing = threading.Lock()
        ended, alive = os.pipe()
        self._keeper = os.fork()
        if not self._keeper:
            os.close(self._ring)
            os.close(ended)
            _keep(make, rings)
        os.close(rings)
        os.close(alive)
        self._ended = ended
        threading.Thread(target=self._watch, name="carrier twin", daemon=True).start()

    def wake(self, kind: str) -> None:
        """There may be work of that kind."""
        with self._ringing, contextlib.suppress(OSError):  # it has ended, or is full of rings
            os.write(self._ring, RINGS[kind])

    def stop(self) -> None:
        """End after what is under way."""
        with self._ringing, contextlib.suppress(OSError):  # stopped before
            os.close(self._ring)
            self._ring = -1

    def _watch(self) -> None:
        """Until keeper and twin have ended: both hold the other end."""
        os.read(self._ended, 1)
        os.close(self._ended)
        os.waitpid(self._keeper, 0)
        if self._ring >= 0:
            log.warning("carrier.twin_ended")


def _keep(make: Callable[[], Carrying], rings: int) -> None:
    """The keeper's life: one twin after the other for as long as there is a worker; never returns."""
    try:
        for stop in (signal.SIGINT, signal.SIGTERM):
            signal.signal(stop, signal.SIG_IGN)  # the worker hears it as well, and ends us
        for wrapper in connections.all(initialized_only=True):
            wrapper.connection = None  # the worker's: not ours to close
        worker = select.poll()
        worker.register(rings, 0)  # says when nobody holds the other end any more, and nothing else
        pause = SHORTEST_PAUSE
        while not worker.poll(0):
            began = time.monotonic()
            pid = os.fork()
            if not pid:
                _carry(make, rings)
            _, status = os.waitpid(pid, 0)
            if worker.poll(0):
                break
            pause = SHORTEST_PAUSE if time.monotonic() - began >= LASTING_SECONDS else pause
            log.warning("carrier.twin_replaced", status=os.waitstatus_to_exitcode(status), seconds=pause)
            worker.poll(pause * 1000)
            pause = min(2 * pause, LONGEST_PAUSE)
    except Exception:
        log.exception("carrier.defect", stage="keeping")
    finally:
        os._exit(0)


def _carry(make: Callable[[], Carrying], rings: int) -> None:
    """The twin's own life; never returns."""
    try:
        carrier = make()
        carrier.start()
        while heard := os.read(rings, 1024):
            for kind in {_KINDS[ring] for ring in heard}:
                carrier.wake(kind)
        carrier.stop(STOP_SECONDS)
    except Exception:
        log.exception("carrier.defect", stage="carrying")
        os._exit(1)
    finally:
        os._exit(0)
