"""Run a command that ends when its parent ends: ``python -I -S tether.py PARENT SIGNAL IDENTITY COMMAND…``.

The supervisor starts every part through this script, so that ``kill -9`` of the supervisor leaves
nothing behind: the kernel sends SIGNAL to the command when PARENT is gone (prctl(2),
PR_SET_PDEATHSIG; it survives ``execve`` but not a change of user, so the user is changed first).
That reaches the command alone, not what it starts: of our parts only PostgreSQL starts processes,
and those notice by themselves that their postmaster is gone.

IDENTITY says as whom: ``own``; ``namespace``, root that looks like nobody from inside (a user
namespace, so files stay root's); or ``nobody``, the user of that name. PostgreSQL refuses to run as
root, everything else runs as ``own``.

It is a script and imports nothing of ours: isolated mode without site packages starts in milliseconds.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000
UNMAPPED_ID = 65534

libc = ctypes.CDLL(None, use_errno=True)


def check(result: int) -> None:
    """Raise the C library's error as an OSError."""
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def enter_namespace() -> None:
    """Look like uid 65534 from inside a user namespace while remaining root for the file system."""
    uid, gid = os.geteuid(), os.getegid()
    check(libc.unshare(CLONE_NEWUSER))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{UNMAPPED_ID} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{UNMAPPED_ID} {gid} 1")


def become_nobody() -> None:
    """Give up root for good."""
    nobody = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setgid(nobody.pw_gid)
    os.setuid(nobody.pw_uid)


IDENTITIES = {"own": lambda: None, "namespace": enter_namespace, "nobody": become_nobody}


def die_with(parent: int, death_signal: int) -> None:
    """Ask for ``death_signal`` at the end of ``parent``.

    The parent may have ended before the kernel heard us; then nobody would send the signal, and we
    have a new parent: leave.
    """
    check(libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0))
    if os.getppid() != parent:
        raise SystemExit(0)


def main(parent: str, death_signal: str, identity: str, *command: str) -> None:
    """Become ``identity``, tie the fate to ``parent``, and turn into ``command``."""
    IDENTITIES[identity]()
    die_with(int(parent), int(death_signal))
    # Python ignores these two; a program inherits that over exec, and few expect it.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    os.execvp(command[0], command)  # noqa: S606 - no shell is the point


if __name__ == "__main__":
    main(*sys.argv[1:])
