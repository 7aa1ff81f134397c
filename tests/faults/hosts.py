"""Another host: a network namespace behind a pair of virtual interfaces, whose link can be cut so that packets vanish.

No proxy can do that: whoever accepts a connection also says that it is gone. It takes root and ``ip``.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Final, Self

#: A network of two addresses: ours, and the other host's.
NETWORK: Final = "10.213.77.0/30"
OURS: Final = "10.213.77.1"
THEIRS: Final = "10.213.77.2"
_CLONE_NEWNET: Final = 0x40000000
_NAMES: Final = Path("/var/run/netns")


def why_not() -> str:
    """Why no host can be made here; empty when one can."""
    if shutil.which("ip") is None:
        return "there is no program ip (iproute2)"
    if os.geteuid() != 0:
        return "only root makes network namespaces"
    probe = f"interlock-probe-{os.getpid()}"
    try:
        _ip("netns", "add", probe)
        _ip("netns", "delete", probe)
    except subprocess.CalledProcessError as error:
        return f"no network namespace can be made: {error.stderr.strip()}"
    return ""


class Host:
    """``with Host() as host``: reached at ``THEIRS``, until its link is ``cut``, and again when it is ``joined``."""

    def __init__(self) -> None:
        self._name = f"interlock-{os.getpid()}"
        self._link = f"il{os.getpid() % 10**8}"

    def __enter__(self) -> Self:
        _ip("netns", "add", self._name)
        try:
            _ip("link", "add", self._link, "type", "veth", "peer", "name", "eth0", "netns", self._name)
            _ip("address", "add", f"{OURS}/30", "dev", self._link)
            _ip("link", "set", self._link, "up")
            _ip("-n", self._name, "address", "add", f"{THEIRS}/30", "dev", "eth0")
            self.join()
            self._know_the_way()
        except BaseException:
            _ip("netns", "delete", self._name)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _ip("netns", "delete", self._name)

    def cut(self) -> None:
        """Take the link down at its far end: what is sent vanishes, and nobody is told."""
        _ip("-n", self._name, "link", "set", "eth0", "down")

    def join(self) -> None:
        """Bring the link back."""
        _ip("-n", self._name, "link", "set", "eth0", "up")

    def listening(self) -> socket.socket:
        """A socket that listens there, made by a thread that moves in and ends: a socket stays where it was made."""
        with ThreadPoolExecutor(1) as mover:
            return mover.submit(self._listen).result()

    def _listen(self) -> socket.socket:
        libc = ctypes.CDLL(None, use_errno=True)
        with (_NAMES / self._name).open() as namespace:
            if libc.setns(namespace.fileno(), _CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "the network namespace cannot be entered")
        return socket.create_server((THEIRS, 0))

    def _know_the_way(self) -> None:
        """Neither end asks who has an address: otherwise ours would hear after seconds that nobody answers."""
        theirs = _ip("-n", self._name, "-brief", "link", "show", "eth0").split()[2]
        _ip("neighbour", "replace", THEIRS, "lladdr", theirs, "dev", self._link, "nud", "permanent")


def _ip(*words: str) -> str:
    program = shutil.which("ip") or "ip"
    return subprocess.run([program, *words], capture_output=True, text=True, check=True).stdout
