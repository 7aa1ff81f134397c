"""Runs a program that dies with whoever started it: ``python leash.py PROGRAM ARGUMENT…``.

The kernel sends SIGKILL to the program when the process that started this one ends in whatever way
(``PR_SET_PDEATHSIG``, prctl(2), Linux), so that a killed test run leaves no server behind. The flag
survives ``exec``. Elsewhere than on Linux it only runs the program.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(argv: list[str]) -> None:
    """Put on the leash, then become the program."""
    parent = int(os.environ.pop("LEASH_PARENT"))
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    # The parent may have died before the flag was set: then nobody will ever pull the leash.
    if os.getppid() != parent:
        sys.exit(1)
    os.execv(argv[0], argv)  # noqa: S606 - the argument list is the rig's own


if __name__ == "__main__":
    main(sys.argv[1:])
