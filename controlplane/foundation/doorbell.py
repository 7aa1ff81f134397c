"""The doorbell: "there is work of kind K in lane L", and nothing else (invariant 1).

A ring that is lost costs at most a sweep's interval, so ringing never blocks and never fails: calls
from the same process are coalesced, published by a thread of its own, and dropped while the broker
is away. No ring is published from inside a transaction that could still roll back: callers in one
use :func:`ring_on_commit`.
"""

from __future__ import annotations

import threading
import time

from celery import current_app
from django.db import transaction

from controlplane.foundation.logs import logger

log = logger(__name__)

TASK = "controlplane.ring"
#: The first ring goes out at once; a storm of them costs ten messages a second, and a busy worker looks anyway.
COALESCE_SECONDS = 0.1
PAUSE_AFTER_FAILURE_SECONDS = 1.0


class Doorbell:
    """Collects rings and publishes each distinct one at most every ``COALESCE_SECONDS``."""

    def __init__(self) -> None:
        self._waiting: set[tuple[str, str]] = set()
        self._rung = threading.Condition()
        self._thread: threading.Thread | None = None

    def ring(self, kind: str, lane: str = "normal") -> None:
        """Note that there is work; returns at once."""
        with self._rung:
            self._waiting.add((kind, lane))
            # A server that forks its workers leaves the thread behind.
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._publish_for_ever, name="doorbell", daemon=True)
                self._thread.start()
            self._rung.notify()

    def _publish_for_ever(self) -> None:
        while True:
            with self._rung:
                while not self._waiting:
                    self._rung.wait()
                rings, self._waiting = self._waiting, set()
            time.sleep(self._publish(rings))

    def _publish(self, rings: set[tuple[str, str]]) -> float:
        try:
            for kind, lane in rings:
                current_app.send_task(TASK, args=(kind, lane), ignore_result=True, retry=False, expires=60)
        except Exception as error:  # noqa: BLE001 - whatever the broker's client raises, ringing never fails
            log.warning("doorbell.unheard", error=type(error).__name__)
            return PAUSE_AFTER_FAILURE_SECONDS
        return COALESCE_SECONDS


doorbell = Doorbell()


def ring(kind: str, lane: str = "normal") -> None:
    """Ring outside a transaction, or after its commit."""
    doorbell.ring(kind, lane)


def ring_on_commit(kind: str, lane: str = "normal") -> None:
    """Ring once the current transaction has committed."""
    transaction.on_commit(lambda: doorbell.ring(kind, lane))
