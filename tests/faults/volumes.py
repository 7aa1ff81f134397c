"""A small volume for an installation's data, to be filled up. Only root may make one."""

from __future__ import annotations

import os
import shutil
import string
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.plants import SECRET
from tests.faults.target import Target
from tests.standalone.installed import Installation, free_port

MIB = 1024**2
MOUNT, UNMOUNT = (shutil.which(name) or "" for name in ("mount", "umount"))


def can_make_volumes() -> bool:
    """Whether this user may mount; containers often forbid it to root as well."""
    if os.geteuid() != 0 or not MOUNT:
        return False
    folder = tempfile.mkdtemp(prefix="interlock-volume-")
    try:
        made = subprocess.run(
            [MOUNT, "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], capture_output=True, check=False
        )
        if made.returncode == 0:
            subprocess.run([UNMOUNT, folder], check=True)
        return made.returncode == 0
    finally:
        Path(folder).rmdir()


@contextmanager
def volume(size: int) -> Iterator[Path]:
    """An empty volume of so many MiB; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="interlock-volume-"))
    subprocess.run([MOUNT, "-t", "tmpfs", "-o", f"size={size}m,mode=711", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run([UNMOUNT, "--lazy", str(folder)], check=True)
        folder.rmdir()


@contextmanager
def planted_in(var: Path, target: Target, **settings: str) -> Iterator[Installation]:
    """An installation like ``plants.planted``, with everything it has in that folder."""
    more = {
        "INTERLOCK_PRIVATE_NETWORKS": "127.0.0.0/8",
        "INTERLOCK_LOG_LEVEL": "WARNING",
        "FAULTS_SECRET": SECRET,
        **settings,
    }
    installation = Installation(var, free_port(), uuid.uuid4().hex, more=more)
    try:
        installation.start()
        estate = (Path(__file__).parent / "estate.yaml").read_text()
        (var / "estate.yaml").write_text(string.Template(estate).substitute(TARGET=target.url))
        applied = installation.run("manage.py", "estate", "apply", str(var / "estate.yaml"))
        assert applied.returncode == 0, applied.stderr
        yield installation
    finally:
        make_room(installation)
        installation.run("-m", "controlplane.standalone", "stop")
        if installation.process:
            installation.process.wait(20)


@contextmanager
def planted_on_volume(size: int, target: Target, **settings: str) -> Iterator[Installation]:
    """An installation with everything it has on a volume of so many MiB."""
    with volume(size) as var, planted_in(var, target, **settings) as installation:
        yield installation


def fill(installation: Installation, left: int) -> None:
    """Fill the volume up to the last ``left`` bytes."""
    with (installation.var / "filling").open("ab") as filling:
        free = shutil.disk_usage(installation.var).free
        os.posix_fallocate(filling.fileno(), filling.tell(), max(1, free - left))


def fill_up(installation: Installation) -> None:
    """Fill it to the last byte, and what is given free meanwhile as well."""
    for _ in range(100):
        try:
            fill(installation, 0)
        except OSError:
            return


def make_room(installation: Installation) -> None:
    """Empty it again."""
    (installation.var / "filling").unlink(missing_ok=True)
