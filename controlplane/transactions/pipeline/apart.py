"""Processing in a process of its own, so that it and delivering do not take turns at one interpreter.

A worker that has more than one processor forks before it starts anything else; what it has imported is shared. A
byte through a pipe wakes the other side. When the worker ends, however it ends, its pipe ends, and the process goes
after the batch that is under way; when the process ends, the worker goes on by itself.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable

from django.db import connections

from controlplane.foundation.logs import logger
from controlplane.transactions.pipeline.catalogue import Catalogue
from controlplane.transactions.pipeline.processor import Processor

log = logger(__name__)

RING = b"."


def worthwhile() -> bool:
    """Whether a second process would get a processor, and may be forked: no thread holds a lock that it needs."""
    return len(os.sched_getaffinity(0)) > 1 and threading.active_count() == 1


class Apart:
    """A processing process, as its worker sees it. Made where nothing has been started yet: it forks."""

    def __init__(self, known: Catalogue) -> None:
        rings, self._ring = os.pipe()
        os.set_blocking(self._ring, False)  # a process that stands still has rings enough
        self._ringing = threading.Lock()
        self._done, done = os.pipe()
        self._pid = os.fork()
        if not self._pid:
            os.close(self._ring)
            os.close(self._done)
            _process(known, rings, done)
        os.close(rings)
        os.close(done)

    def wake(self) -> None:
        """There may be something in the inbox."""
        with self._ringing, contextlib.suppress(OSError):  # it has ended, or is full of rings
            os.write(self._ring, RING)

    def stop(self) -> None:
        """End after the batch that is under way."""
        with self._ringing, contextlib.suppress(OSError):  # stopped before
            os.close(self._ring)
            self._ring = -1

    def watch(self, processed: Callable[[], None]) -> None:
        """Pass on that something was processed, until it ends."""
        while os.read(self._done, 1024):
            processed()
        os.close(self._done)
        os.waitpid(self._pid, 0)


def _process(known: Catalogue, rings: int, done: int) -> None:
    """The process's own life; never returns."""
    try:
        for wrapper in connections.all(initialized_only=True):
            wrapper.connection = None  # the worker's: not ours to close
        processor = Processor(known, lambda: _tell(done))
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the worker hears it as well, and ends us
        signal.signal(signal.SIGTERM, lambda *_: processor.stop())
        threading.Thread(target=_listen, args=(rings, processor), name="rings", daemon=True).start()
        processor.run()
    except Exception:
        log.exception("carrier.defect", stage="processing")
    finally:
        os._exit(0)


def _tell(done: int) -> None:
    with contextlib.suppress(OSError):  # the worker has just ended, and so do we
        os.write(done, RING)


def _listen(rings: int, processor: Processor) -> None:
    while os.read(rings, 1024):
        processor.wake()
    processor.stop()
