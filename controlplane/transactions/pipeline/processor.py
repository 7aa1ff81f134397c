"""The worker's loop around processing: all that is in the inbox, whenever there may be something."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable

import psycopg
from django.conf import settings
from django.db import close_old_connections, connections

from controlplane.foundation.database import Connection, connect
from controlplane.foundation.logs import logger
from controlplane.transactions.pipeline.catalogue import Catalogue
from controlplane.transactions.pipeline.processing import process_batch

log = logger(__name__)

PAUSE_AFTER_FAILURE = 1.0


class Processor:
    """Processes until it is stopped; ``processed`` is called when there may be something to deliver."""

    def __init__(self, known: Catalogue, processed: Callable[[], None]) -> None:
        self._catalogue = known
        self._processed = processed
        self._stopping = threading.Event()
        self._inbox = threading.Event()

    def wake(self) -> None:
        """There may be something in the inbox."""
        self._inbox.set()

    def stop(self) -> None:
        """End after the batch that is under way."""
        self._stopping.set()
        self.wake()

    def run(self) -> None:
        """Until stopped; the database may go and come."""
        connection: Connection | None = None
        while not self._stopping.is_set():
            try:
                if connection is None or connection.closed:
                    connection = connect()
                self._process_all(connection)
            except (psycopg.Error, OSError) as error:
                log.warning("carrier.database_away", error=type(error).__name__, stage="processing")
                self._stopping.wait(PAUSE_AFTER_FAILURE)
                _close(connection)
                connection = None
            except Exception:
                log.exception("carrier.defect", stage="processing")
                self._stopping.wait(PAUSE_AFTER_FAILURE)
            self._inbox.wait(settings.SWEEP_SECONDS)
            self._inbox.clear()
        _close(connection)
        connections.close_all()

    def _process_all(self, connection: Connection) -> None:
        close_old_connections()
        while not self._stopping.is_set() and process_batch(connection, self._catalogue):
            self._processed()


def _close(connection: Connection | None) -> None:
    if connection is not None:
        with contextlib.suppress(psycopg.Error):
            connection.close()
