"""Installs a peer into its own virtual environment below ``var/peers``, from its hash-pinned lock file.

Never into the project's environment: the peers' licences and dependencies are their own. Done once;
done again when the lock file or the Python changes. Safe when several processes ask at once.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
VAR = HERE.parent.parent / "var" / "peers"


class PeerUnavailableError(RuntimeError):
    """A peer could not be installed or started; the message ends with what it said last."""


@contextmanager
def only_one(name: str) -> Iterator[Path]:
    """Hold the lock of that peer's folder, which is made if it is missing; gives the folder."""
    folder = VAR / name
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield folder


def digest(*paths: Path) -> str:
    """A short name for the contents of these files under this Python."""
    summed = hashlib.sha256(sys.version.encode())
    for path in paths:
        summed.update(path.read_bytes())
    return summed.hexdigest()[:16]


def lock_file(name: str) -> Path:
    """``tests/peers/<name>.lock``."""
    return HERE / f"{name}.lock"


def version_of(name: str, package: str) -> str:
    """The version of a package that the peer's lock file pins."""
    for line in lock_file(name).read_text().splitlines():
        if line.startswith(f"{package}=="):
            return line.removeprefix(f"{package}==").split()[0]
    raise PeerUnavailableError(f"{name}.lock does not name {package}")


def installed(name: str) -> Path:
    """The ``bin`` folder of the peer's environment, installed now if it is not yet."""
    wanted = digest(lock_file(name))
    with only_one(name) as folder:
        environment, marker = folder / "venv", folder / "installed"
        if not marker.exists() or marker.read_text() != wanted:
            marker.unlink(missing_ok=True)
            _install(environment, lock_file(name))
            marker.write_text(wanted)  # last: an installation that broke off is done again
    return environment / "bin"


def _install(environment: Path, lock: Path) -> None:
    """With uv where there is one; with pip where there is none, or where uv does not reach the index."""
    python = str(environment / "bin" / "python")
    with_pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    venv = [sys.executable, "-m", "venv", "--clear", str(environment)]
    if uv := _uv():
        with_uv = [uv, "pip", "install", "--quiet", "--python", python, "--require-hashes"]
        try:
            run([*venv, "--without-pip"])
            run([*with_uv, "-r", str(lock)])
        except PeerUnavailableError as error:
            sys.stderr.write(f"uv did not succeed, trying pip: {error}\n")
        else:
            return
    run(venv)
    run([*with_pip, "-r", str(lock)])


def _uv() -> str | None:
    """Beside the Python that runs this, or on the path."""
    beside = Path(sys.executable).parent / "uv"
    return str(beside) if beside.exists() else shutil.which("uv")


def run(command: list[str], environment: dict[str, str] | None = None, deadline: float = 600) -> None:
    """Run to the end; raises ``PeerUnavailableError`` with the last of its output when it fails."""
    done = subprocess.run(  # noqa: S603 - the rig's own argument lists
        command, env=environment, capture_output=True, text=True, timeout=deadline, check=False
    )
    if done.returncode != 0:
        said = (done.stdout + done.stderr)[-2000:]
        raise PeerUnavailableError(f"{' '.join(command[:4])} … ended with {done.returncode}:\n{said}")
