"""The PostgreSQL and Valkey of one test session, unless the environment names others.

They live in a temporary folder, which is this session's ``INTERLOCK_VAR``: their addresses follow from
it, so that Django's settings can be loaded before anything runs. This is a plugin of pytest (``pyproject.toml``): the
environment is chosen when it is imported, which is before anything else. Only the process that was started
by hand starts them; xdist's workers inherit the folder, and get databases of their own.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from controlplane.standalone.embedded import Embedded
from controlplane.standalone.places import places
from controlplane.standalone.postgres import EmbeddedPostgres
from controlplane.standalone.valkey import EmbeddedValkey

#: Each worker takes a broker and a cache; Valkey is told to have more than its usual 16 databases.
DATABASES_A_WORKER = 2
MOST_WORKERS = 16


def worker_number() -> int | None:
    """Which of xdist's workers this process is, from 1; None when it is none."""
    name = os.environ.get("PYTEST_XDIST_WORKER", "")
    return int(name.removeprefix("gw")) + 1 if name else None


def choose_environment() -> None:
    """Point the settings at this session's folder, before anyone loads them."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "controlplane.settings"
    os.environ["INTERLOCK_SANDBOX"] = "off"
    number = worker_number()
    if number is None:
        var = os.environ["INTERLOCK_VAR"] = tempfile.mkdtemp(prefix="interlock-tests-")
        # Not at the end of the session: one that fails before it begins has no such end.
        atexit.register(shutil.rmtree, var, ignore_errors=True)
        return
    session = places(os.environ["INTERLOCK_VAR"])
    first = number * DATABASES_A_WORKER
    os.environ.setdefault("BROKER_URL", session.broker_url.replace("virtual_host=0", f"virtual_host={first}"))
    named = os.environ.get("CACHE_URL")
    os.environ["CACHE_URL"] = beside(named, number) if named else session.cache_url.replace("db=1", f"db={first + 1}")


def beside(url: str, number: int) -> str:
    """The ``number``th database after that of a Redis's address: ``redis://host:6379/9`` and 2 are ``…/11``."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{int(parts.path.strip('/') or 0) + number}"))


def start() -> list[Embedded]:
    """Start what the environment does not name."""
    var = Path(os.environ["INTERLOCK_VAR"])
    var.chmod(0o711)
    wanted: list[Embedded] = []
    if not os.environ.get("DATABASE_URL"):
        wanted.append(EmbeddedPostgres(var, durable=False))
    if not (os.environ.get("BROKER_URL") and os.environ.get("CACHE_URL")):
        wanted.append(EmbeddedValkey(var, databases=(MOST_WORKERS + 1) * DATABASES_A_WORKER))
    return [service.start() for service in wanted]


def stop(services: list[Embedded]) -> None:
    """Stop what :func:`start` started."""
    for service in services:
        service.stop()


choose_environment()
