"""How Celery's worker and beat tell the supervisor that they work: they leave a file.

The supervisor names the file in ``INTERLOCK_READY_FILE`` and removes it before each start.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

VARIABLE = "INTERLOCK_READY_FILE"


def leave(**_signal: Any) -> None:
    """Leave the file that the supervisor waits for."""
    Path(os.environ[VARIABLE]).touch()


def leave_when_ready() -> None:
    """Connect to both signals, when a supervisor waits; a deployment without one has no such file.

    A worker is ready when it carries, which it does from its start: ``worker_ready`` would wait for a broker
    that may be away, and the supervisor would kill every minute what works.
    """
    if os.environ.get(VARIABLE):
        from celery.signals import beat_init, worker_init  # here: the supervisor imports us and stays small

        worker_init.connect(leave, dispatch_uid="interlock.ready")
        beat_init.connect(leave, dispatch_uid="interlock.ready")
