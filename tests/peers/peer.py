"""A peer: somebody else's server, started on a free loopback port and stopped for sure."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from tests.peers.installing import HERE, VAR, PeerUnavailableError

#: Below the ports that the kernel gives to outgoing connections: a stopped peer's port stays free.
PORTS = range(20_000, 32_000)
START_SECONDS = 60.0
STOP_SECONDS = 5.0


def free_port() -> int:
    """A loopback port that nobody listens on."""
    for port in random.sample(PORTS, 200):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise PeerUnavailableError("no free port between 20000 and 32000")


def _folder_of_its_own(name: str) -> Path:
    """A new folder that tells whose it is; folders of runs that were killed are removed on the way."""
    running = VAR / "running"
    running.mkdir(parents=True, exist_ok=True)
    for folder in running.iterdir():
        owner = folder.name.split("-")[1]
        if not Path(f"/proc/{owner}").exists():
            shutil.rmtree(folder, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{name}-{os.getpid()}-", dir=running))


class Peer:
    """One server process with a folder of its own below ``var/peers``, removed by ``close``.

    ``stop`` and ``start`` may follow each other as often as wanted: port and data stay.
    """

    name: ClassVar[str] = ""

    def __init__(self) -> None:
        self.port = free_port()
        self.folder = _folder_of_its_own(self.name)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def base_url(self) -> str:
        """``http://127.0.0.1:<port>``."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def running(self) -> bool:
        """Whether its process lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def process_id(self) -> int:
        """Of its one process, which runs."""
        assert self._process is not None, f"{self.name} does not run"
        return self._process.pid

    def command(self) -> list[str]:
        """The program and its arguments; the program as an absolute path."""
        raise NotImplementedError

    def answers(self) -> bool:
        """Whether it serves requests; asked until it does."""
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True

    def start(self) -> Self:
        """Start it and wait until it answers; nothing happens when it runs already."""
        if not self.running:
            with (self.folder / "log").open("ab") as log:
                self._process = subprocess.Popen(  # noqa: S603 - the rig's own argument list
                    [sys.executable, str(HERE / "leash.py"), *self.command()],
                    env=os.environ | {"LEASH_PARENT": str(os.getpid()), "PYTHONUNBUFFERED": "1"},
                    cwd=self.folder,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            self._wait_until_it_answers()
        return self

    def _wait_until_it_answers(self) -> None:
        ends = time.monotonic() + START_SECONDS
        while time.monotonic() < ends:
            if not self.running:
                raise PeerUnavailableError(f"{self.name} ended at once:\n{self.said()}")
            if self.answers():
                return
            time.sleep(0.05)
        self.stop()
        raise PeerUnavailableError(f"{self.name} did not answer within {START_SECONDS:.0f} s:\n{self.said()}")

    def stop(self) -> None:
        """Stop it and all that it started: asked first, killed after 5 s. Its data stay."""
        process, self._process = self._process, None
        if process is None:
            return
        for signal_number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(process.pid, signal_number)
                process.wait(STOP_SECONDS)
            except ProcessLookupError:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                continue

    def close(self) -> None:
        """Stop it and remove its folder."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def said(self, characters: int = 2000) -> str:
        """The end of its log."""
        log = self.folder / "log"
        return log.read_text(errors="replace")[-characters:] if log.exists() else ""

    def __enter__(self) -> Self:
        """Started; closed again when it does not start."""
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closed."""
        self.close()
