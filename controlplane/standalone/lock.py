"""One supervisor an installation: a locked file that names the holder.

The lock is the kernel's (flock), so it cannot outlive its holder; the words in the file may.
"""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO


@dataclass(frozen=True, slots=True)
class Holder:
    """Who runs this installation, and where it answers. ``pid`` is 0 while it has not said so yet."""

    pid: int
    url: str


class AlreadyRunning(Exception):
    """Another supervisor runs this installation."""

    def __init__(self, holder: Holder) -> None:
        super().__init__(
            f"Interlock is already running: process {holder.pid or 'unknown, just starting'}, "
            f"{holder.url or 'address not known yet'}. Nothing was started. Stop it with `make stop`, "
            "or run another one with its own INTERLOCK_VAR and INTERLOCK_PORT."
        )
        self.holder = holder


def hold(path: Path, *, url: str) -> TextIO:
    """Take the lock for as long as the returned file stays open; raises AlreadyRunning."""
    file = path.open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise AlreadyRunning(_named_in(path)) from None
    file.truncate(0)
    file.write(json.dumps(asdict(Holder(os.getpid(), url))))
    file.flush()
    return file


def holder(path: Path) -> Holder | None:
    """Who holds the lock; None when nobody does."""
    try:
        file = path.open()
    except FileNotFoundError:
        return None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _named_in(path)
    return None


def _named_in(path: Path) -> Holder:
    try:
        return Holder(**json.loads(path.read_text()))
    except (ValueError, TypeError):
        return Holder(0, "")
