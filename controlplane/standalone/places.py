"""Where the embedded services live, computed without Django so that settings can ask.

Everything is below ``var/`` (or ``INTERLOCK_VAR``), except the sockets when that path is too long
for a Unix socket's 107 bytes: they then move to a private folder named by a digest of it.
"""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

#: The longest name below it is ``pg/.s.PGSQL.5432.lock``; a socket's address (``sun_path``) holds 107 bytes.
LONGEST_SOCKET_FOLDER = 80

#: Not ``tempfile.gettempdir()``: a terminal with another TMPDIR must find the same sockets.
SHORT_FOLDER = Path("/tmp")  # noqa: S108 - the folder made in it is private, and checked to be


@dataclass(frozen=True, slots=True)
class Places:
    """The folders and addresses of one installation's embedded services."""

    var: Path

    @property
    def sockets(self) -> Path:
        """The folder of the Unix sockets, short enough for the kernel."""
        folder = self.var / "run"
        if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER:
            return folder
        digest = hashlib.sha256(os.fsencode(self.var)).hexdigest()[:12]
        return SHORT_FOLDER / f"interlock-{digest}"

    @property
    def postgres_sockets(self) -> Path:
        """The folder of PostgreSQL's socket alone, because it may belong to another user (``identity.py``)."""
        return self.sockets / "pg"

    @property
    def database_url(self) -> str:
        """The embedded PostgreSQL, by its Unix socket; the port is part of the socket's name."""
        return f"postgres://interlock@{quote(str(self.postgres_sockets), safe='')}:5432/interlock"

    @property
    def valkey_socket(self) -> Path:
        """The embedded Valkey's Unix socket."""
        return self.sockets / "valkey.sock"

    @property
    def broker_url(self) -> str:
        """The embedded Valkey as Celery's broker (database 0)."""
        return f"redis+socket://{self.valkey_socket}?virtual_host=0"

    @property
    def cache_url(self) -> str:
        """The embedded Valkey as cache (database 1)."""
        return f"unix://{self.valkey_socket}?db=1"

    @property
    def logs(self) -> Path:
        """One file a part, rotated by size."""
        return self.var / "log"

    @property
    def metrics(self) -> Path:
        """Where the processes count together."""
        return self.var / "metrics"

    @property
    def lock(self) -> Path:
        """Held by the supervisor while it runs; names it."""
        return self.var / "run" / "supervisor.lock"

    @property
    def board(self) -> Path:
        """The state of every part, kept by the supervisor for ``status``."""
        return self.var / "run" / "parts.json"

    @property
    def first_sign_in(self) -> Path:
        """The first operator's address and password, until it is deleted."""
        return self.var / "first-sign-in"

    @property
    def sandbox(self) -> Path:
        """What the sandbox keeps: when it began, and its people's sign-ins."""
        return self.var / "sandbox"


def places(var: str | os.PathLike[str]) -> Places:
    """The places of the installation whose data is in ``var``."""
    return Places(Path(var).resolve())


def private_folder(folder: Path) -> Path:
    """``folder``, made when missing, and certainly ours alone.

    A folder below ``/tmp`` could have been put there by somebody else to read along, so owner and
    mode are checked without following a link. Passing through is no harm: what lies in it has
    permissions of its own. Raises PermissionError.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        message = f"{folder} belongs to somebody else. Remove it, or choose another folder with INTERLOCK_VAR."
        raise PermissionError(message)
    if found.st_mode & 0o066:
        folder.chmod(0o700)
    return folder


def private_file(file: Path, text: str) -> None:
    """Write ``text`` where only we can read it, in place of what was there."""
    private_folder(file.parent)
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(text)
