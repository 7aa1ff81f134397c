"""Looking for drift for as long as a worker lives: often while much comes, seldom while little does.

A change is to be seen before a hundred payloads of it have come. So the next look is due when forty of the busiest
type may have; never sooner than a fifth of a second after the last, which bounds what it costs: some ten milliseconds
of a processor for each type that has come. Above two hundred payloads a second of one type a change is found as soon,
within two or three looks, and more than a hundred may have come by then. Where nothing comes, it looks half as often
every time: that may be a pause of processing, and no end.
"""

from __future__ import annotations

import threading
from time import monotonic
from typing import Final
from uuid import UUID

from django.db import Error, close_old_connections, connections

from controlplane.foundation import clock
from controlplane.foundation.ids import moment, uuid7_floor
from controlplane.foundation.logs import logger
from controlplane.transactions.discovering.drifting import LONG_AGO
from controlplane.transactions.discovering.look import look
from controlplane.transactions.models import UsualForm

log = logger(__name__)

#: Seconds from one look to the next, and of rest between them at least.
SOONEST: Final = 0.2
LATEST: Final = 2.0
REST: Final = 0.05
#: Of the busiest type, so many come between two looks, where that is not too soon.
BETWEEN: Final = 40


class Watcher:
    """One thread. Of several workers' one looks at a time, from where any of them was."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._to: UUID | None = None
        self._every = SOONEST

    def start(self) -> None:
        """Begin; harmless when it runs."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._watch, name="drift", daemon=True)
            self._thread.start()

    def stop(self, seconds: float = 3.0) -> None:
        """End after the look that is under way."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(seconds)

    def _watch(self) -> None:
        pause = SOONEST
        while not self._stopping.wait(pause):
            began = monotonic()
            try:
                close_old_connections()
                pause = max(REST, self._look() - (monotonic() - began))
            except Error as error:
                log.warning("drift.database_away", error=type(error).__name__)
                pause = LATEST
            except Exception:
                log.exception("drift.defect")
                pause = LATEST
        connections.close_all()

    def _look(self) -> float:
        """One look; in how many seconds from its beginning the next is due."""
        left = where_it_was_left()
        since = max(self._to or left, left)
        looked = look(since)
        self._to = looked.to
        if looked.busiest is None:
            return LATEST
        seconds = (moment(looked.to) - moment(since)).total_seconds()
        wanted = BETWEEN * seconds / looked.busiest if looked.busiest else 2 * self._every
        self._every = min(LATEST, max(SOONEST, wanted))
        return self._every


def where_it_was_left() -> UUID:
    """To the newest that was looked at before; of an installation that begins, all of the last day."""
    newest = UsualForm.objects.order_by("-looked_to").values_list("looked_to", flat=True).first()
    long_ago = uuid7_floor(clock.now() - LONG_AGO)
    return max(newest or long_ago, long_ago)


watcher = Watcher()
