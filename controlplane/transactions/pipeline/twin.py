"""A second carrier in a process of its own, where there is a processor for it: one interpreter uses one processor.

A worker that has more than one forks before it starts anything else; what it has imported is shared. A byte through a
pipe wakes the other side. When the worker ends, however it ends, its pipe ends, and the twin goes after what it has
under way; when the twin ends, the worker goes on by itself, and takes over what it left.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable
from typing import Protocol

from django.db import connections

from controlplane.foundation.logs import logger

log = logger(__name__)

#: What is written to wake it, for each kind of work.
RINGS = {"process": b"p", "deliver": b"d", "sweep": b"s"}
_KINDS = {ring[0]: kind for kind, ring in RINGS.items()}
STOP_SECONDS = 3.0


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
    return len(os.sched_getaffinity(0)) > 1 and threading.active_count() == 1


class Twin:
    """The process beside this one. Made where nothing has been started yet: it forks."""

    def __init__(self, make: Callable[[], Carrying]) -> None:
        rings, self._ring = os.pipe()
        os.set_blocking(self._ring, False)  # a process that stands still has rings enough
        self._ringing = threading.Lock()
        ended, self._alive = os.pipe()
        self._pid = os.fork()
        if not self._pid:
            os.close(self._ring)
            os.close(ended)
            _carry(make, rings)
        os.close(rings)
        os.close(self._alive)
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
        os.read(self._ended, 1)
        os.close(self._ended)
        os.waitpid(self._pid, 0)
        if self._ring >= 0:
            log.warning("carrier.twin_ended")


def _carry(make: Callable[[], Carrying], rings: int) -> None:
    """The process's own life; never returns."""
    try:
        for wrapper in connections.all(initialized_only=True):
            wrapper.connection = None  # the worker's: not ours to close
        for stop in (signal.SIGINT, signal.SIGTERM):
            signal.signal(stop, signal.SIG_IGN)  # the worker hears it as well, and ends us
        carrier = make()
        carrier.start()
        while heard := os.read(rings, 1024):
            for kind in {_KINDS[ring] for ring in heard}:
                carrier.wake(kind)
        carrier.stop(STOP_SECONDS)
    except Exception:
        log.exception("carrier.defect", stage="carrying")
    finally:
        os._exit(0)
