"""PgBouncer in transaction mode, from Debian, before the PostgreSQL that listens on this machine."""

from __future__ import annotations

import os
import shutil
from typing import ClassVar

from tests.peers.installing import PeerUnavailableError, run
from tests.peers.peer import Peer

PROGRAM = "/usr/sbin/pgbouncer"
CONFIGURATION = """
[databases]
* = host=127.0.0.1 port=5432

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/userlist.txt
pool_mode = transaction
default_pool_size = 10
max_client_conn = 500
ignore_startup_parameters = extra_float_digits
"""


class Pgbouncer(Peer):
    """Ten connections to PostgreSQL for everybody who comes, whatever database they ask for."""

    name: ClassVar[str] = "pgbouncer"

    def command(self) -> list[str]:
        """Installed now if it is not yet; it refuses to be root."""
        if shutil.which(PROGRAM) is None:
            _install()
        (self.folder / "userlist.txt").write_text('"postgres" ""\n')
        configuration = self.folder / "pgbouncer.ini"
        configuration.write_text(CONFIGURATION.format(port=self.port, folder=self.folder))
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        return [PROGRAM, *user, str(configuration)]


def _install() -> None:
    if os.geteuid() != 0:
        raise PeerUnavailableError("PgBouncer is not installed, and only root can: sudo apt-get install pgbouncer")
    run(["apt-get", "update", "-qq"])
    run(["apt-get", "install", "-qq", "--no-install-recommends", "pgbouncer"])
