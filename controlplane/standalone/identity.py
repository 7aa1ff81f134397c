"""As whom a part runs, and how it is tied to the life of the process that starts it."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import sys
from enum import StrEnum
from functools import cache
from pathlib import Path

TETHER = Path(__file__).with_name("tether.py")


class Identity(StrEnum):
    """As whom a command runs; the words that ``tether.py`` takes."""

    OWN = "own"
    NAMESPACE = "namespace"
    NOBODY = "nobody"


def tethered(
    command: list[str],
    *,
    identity: Identity = Identity.OWN,
    death_signal: signal.Signals = signal.SIGKILL,
) -> list[str]:
    """``command`` as one that gets ``death_signal`` when this process ends.

    To be started from the main thread: the kernel watches the thread that forked.
    """
    return [sys.executable, "-I", "-S", str(TETHER), str(os.getpid()), str(int(death_signal)), identity, *command]


@cache
def namespaces_allowed() -> bool:
    """Whether this root may make a user namespace (most containers forbid it)."""
    tried = subprocess.run(tethered(["true"], identity=Identity.NAMESPACE), capture_output=True, check=False)
    return tried.returncode == 0


def unprivileged() -> Identity:
    """An identity that is not root, as PostgreSQL demands."""
    if os.geteuid() != 0:
        return Identity.OWN
    return Identity.NAMESPACE if namespaces_allowed() else Identity.NOBODY


def hand_over(folder: Path, identity: Identity) -> None:
    """Make ``folder`` and all in it belong to whom ``identity`` is on the file system.

    Only root can, and only root needs it: a data folder made under one identity may be served under
    the other after a move into or out of a container.
    """
    if os.geteuid() != 0:
        return
    user = pwd.getpwnam("nobody") if identity is Identity.NOBODY else pwd.getpwuid(0)
    if folder.stat().st_uid == user.pw_uid:
        return
    for path in [*folder.rglob("*"), folder]:
        os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)
