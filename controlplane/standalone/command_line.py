"""``python -m controlplane.standalone up | services | status | stop | doctor``: the one-machine runtime by hand.

Django is not imported here: the supervisor stays small, and ``status`` is instant.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from importlib import import_module
from pathlib import Path

from controlplane.configuration import BadSetting
from controlplane.standalone import lock
from controlplane.standalone.choices import PROJECT, chosen_places, web_port
from controlplane.standalone.embedded import EmbeddedError
from controlplane.standalone.installation import outside, stages
from controlplane.standalone.logbook import Terminal
from controlplane.standalone.parts import Stage, State
from controlplane.standalone.places import Places, private_folder
from controlplane.standalone.probes import LOOPBACK, port_taken
from controlplane.standalone.sandbox.marks import Marks
from controlplane.standalone.supervisor import NAME, Supervisor

FAILED, USAGE, ALREADY_RUNNING, PORT_TAKEN, NOT_RUNNING = 1, 2, 3, 4, 3
WELL = {State.READY, State.DONE}
STOP_WITHIN_SECONDS = 10.0
POLL_SECONDS = 0.05


def main(arguments: list[str]) -> int:
    """Run one verb; returns the exit code. What is wrong is said in words, on standard error."""
    verbs: dict[str, Callable[[Places], int]] = {
        "up": up,
        "services": services,
        "status": status,
        "stop": stop,
        "doctor": doctor,
    }
    parser = argparse.ArgumentParser(prog="python -m controlplane.standalone", description="The one-machine runtime.")
    parser.add_argument("verb", choices=verbs)
    verb = parser.parse_args(arguments).verb
    try:
        return verbs[verb](chosen_places())
    except BadSetting as error:
        return _complain(str(error), USAGE)
    except (EmbeddedError, OSError) as error:
        return _complain(f"{verb}: {error}", FAILED)


def up(places: Places) -> int:
    """Start everything and keep it running until told to stop; 3 when it runs already, 4 when its port is taken."""
    port = web_port()
    url = f"http://{LOOPBACK}:{port}/"
    return _supervise(places, partial(stages, places, port), url=url, port=port)


def services(places: Places) -> int:
    """Start the embedded PostgreSQL and Valkey alone: to restore a backup, to repair."""
    return _supervise(places, lambda: stages(places, web_port())[:1], url="services only")


def _supervise(places: Places, wanted: Callable[[], list[Stage]], *, url: str, port: int | None = None) -> int:
    """Run these stages under the installation's lock until told to stop."""
    began = time.monotonic()
    for folder in (places.lock.parent, places.sockets, places.logs):
        private_folder(folder)
    try:
        held = lock.hold(places.lock, url=url)
    except lock.AlreadyRunning as error:
        return _complain(str(error), ALREADY_RUNNING)
    with held:
        if port is not None and port_taken(port):
            return _complain(
                f"Port {port} is taken by another program; nothing was started. `ss -ltnp sport = :{port}` names it. "
                f"Stop it, or choose another port: INTERLOCK_PORT={port + 1} make up",
                PORT_TAKEN,
            )
        os.chdir(PROJECT)
        places.board.unlink(missing_ok=True)  # the last run's
        shutil.rmtree(places.metrics, ignore_errors=True)
        supervisor = Supervisor(wanted(), logs=places.logs, board=places.board)
        return asyncio.run(supervisor.run(partial(_greet, supervisor, places, url, began)))


def status(places: Places) -> int:
    """Say which parts run; 3 when nothing does, 1 when a part is not well."""
    holder = lock.holder(places.lock)
    if holder is None:
        print(f"Interlock is not running ({places.var}). Start it with `make up`.")
        return NOT_RUNNING
    if not places.board.exists():
        print("Interlock is just starting.")
        return FAILED
    print(f"Interlock is running: process {holder.pid}, {holder.url}")
    parts = json.loads(places.board.read_text())
    for part in parts:
        process = f"process {part['pid']}" if part["pid"] else ""
        again = f", started again {part['restarts']} times" if part["restarts"] else ""
        print(f"  {part['name']:<9} {part['state']:<10} {process}{again}")
    return 0 if all(part["state"] in WELL for part in parts) else FAILED


def stop(places: Places) -> int:
    """Ask the running supervisor to stop and wait until it has; after 10 s it is killed, and its parts with it."""
    holder = lock.holder(places.lock)
    if holder is None:
        print(f"Interlock is not running ({places.var}); nothing to stop.")
        return 0
    if not holder.pid:
        return _complain("Interlock is just starting; try again in a moment.", FAILED)
    began = time.monotonic()
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.kill(holder.pid, number)
        if _ended(places, within=STOP_WITHIN_SECONDS):
            how = "Stopped" if number is signal.SIGTERM else "It did not react and was killed"
            print(f"{how} after {time.monotonic() - began:.1f} s. Data is kept in {places.var}.")
            return 0
    return _complain(f"Process {holder.pid} does not end.", FAILED)


def doctor(_places: Places) -> int:
    """Run ``manage.py doctor``; what would keep even that from starting is said here."""
    os.chdir(PROJECT)
    try:
        import_module("controlplane.settings")
    except ImportError as error:
        return _complain(f"A package is missing: {error}. Run `make up`, which installs all.", FAILED)
    return subprocess.run([sys.executable, "manage.py", "doctor"], check=False).returncode


def _ended(places: Places, *, within: float) -> bool:
    deadline = time.monotonic() + within
    while lock.holder(places.lock) is not None:
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def _greet(supervisor: Supervisor, places: Places, url: str, began: float) -> None:
    """Say what runs, where, and how to get in."""
    took = time.monotonic() - began
    missing = [keeper.part.name for keeper in supervisor.keepers if keeper.state not in WELL]
    state = f"runs without {', '.join(missing)}: {url}" if missing else f"is ready: {url}"
    lines = [f"Interlock {state} (took {took:.1f} s)"]
    if elsewhere := outside():
        lines.append(f"  from outside   {', '.join(elsewhere)}")
    lines += [f"  logs           {places.logs}", "  stop           Ctrl-C, or `make stop` in another terminal"]
    supervisor.say("\n".join(lines))
    _show_first_sign_in(supervisor.terminal, places.first_sign_in, new=took)
    _show_sandbox(supervisor.terminal, Marks(places))


def _show_first_sign_in(terminal: Terminal, file: Path, *, new: float) -> None:
    """Show the first password once, on the terminal and in no log; later only where it is.

    ``new``: a file of at most so many seconds' age was made by this start.
    """
    if not file.exists():
        return
    if time.time() - file.stat().st_mtime <= new:
        email, password = file.read_text().split()
        terminal.show(NAME, f"  sign in        {email}  {password}  (shown once; also in {file})")
    else:
        terminal.show(NAME, f"  sign in        see {file}; delete it once you have a password of your own")


def _show_sandbox(terminal: Terminal, marks: Marks) -> None:
    """Its people's sign-ins, on the terminal and in no log: nothing of it is secret to who can start it."""
    if not (marks.is_there and marks.sign_ins.exists()):
        return
    lines = ["  sandbox        Halden Instruments, a company that does not exist. Come in as one of its people:"]
    lines += [f"                 {line}" for line in marks.sign_ins.read_text().splitlines()]
    lines.append("                 `manage.py sandbox remove` takes it away.")
    terminal.show(NAME, "\n".join(lines))


def _complain(words: str, code: int) -> int:
    print(words, file=sys.stderr)
    return code
