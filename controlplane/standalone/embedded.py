"""An embedded service: a server's program from an installed wheel, with its data in one folder.

The supervisor runs it as one of its parts; tests and benches run it by hand::

    with EmbeddedPostgres(folder, durable=False) as postgres:
        connect(postgres.url)

Only the programs of the wheels are used, found without importing them: their Python interfaces add
system users and change permissions.
"""

from __future__ import annotations

import signal
import subprocess
import time
from abc import ABC, abstractmethod
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from controlplane.standalone.identity import Identity, tethered
from controlplane.standalone.places import Places, places

POLL_SECONDS = 0.02
LINES_SHOWN = 12


class EmbeddedError(Exception):
    """An embedded service cannot run; the message says which, why and what to do."""


def wheel_folder(package: str, *, instead: str) -> Path:
    """The folder of an installed package that is never imported.

    ``instead`` names the setting that replaces the service, for the message.
    """
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        message = f"The Python package {package} is not installed. Run `make up`, which installs it, or set {instead}."
        raise EmbeddedError(message)
    return Path(next(iter(spec.submodule_search_locations)))


class Embedded(ABC):
    """One service of the installation whose data is below ``var``."""

    name: ClassVar[str]
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM
    death_signal: ClassVar[signal.Signals] = signal.SIGTERM

    def __init__(self, var: Path) -> None:
        self.places: Places = places(var)
        self.identity = Identity.OWN
        self._process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """The address that clients connect to."""

    @abstractmethod
    def prepare(self) -> None:
        """Make the data folder and the configuration, before every start; raises EmbeddedError."""

    @abstractmethod
    def command(self) -> list[str]:
        """The program and its arguments, in the foreground, logging to standard error."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether the service takes work now; asks it, and waits at most two seconds."""

    @property
    def log(self) -> Path:
        """Where a service that was started by hand logs to."""
        return self.places.var / f"{self.name}.log"

    def start(self, *, within: float = 30) -> Self:
        """Start by hand and return once it answers; ``within`` seconds, or EmbeddedError."""
        self.prepare()
        tied = tethered(self.command(), identity=self.identity, death_signal=self.death_signal)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(tied, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
        deadline = time.monotonic() + within
        while not self.answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise EmbeddedError(self._failure())
            time.sleep(POLL_SECONDS)
        return self

    def stop(self, *, within: float = 5) -> None:
        """Stop what :meth:`start` started, by force after ``within`` seconds; its data stays."""
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(self.stop_signal)
        try:
            process.wait(within)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _failure(self) -> str:
        last = "\n".join(self.log.read_text(errors="replace").splitlines()[-LINES_SHOWN:])
        return f"The embedded {self.name} did not start. Its last words ({self.log}):\n{last}"

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
