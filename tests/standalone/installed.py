"""A whole installation, really started in a folder of its own."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, Self

from controlplane.standalone.choices import PROJECT
from controlplane.standalone.places import Places, places
from controlplane.standalone.probes import port_taken
from tests.standalone.processes import MARK, marked
from tests.standalone.waiting import until

READY_WITHIN_SECONDS = 90.0
GREETING = "Interlock is ready: http"


def free_port() -> int:
    """A port that an installation may take."""
    return next(port for port in random.sample(range(20000, 32000), 100) if not port_taken(port))


@dataclass
class Installation:
    """One installation in a folder of its own."""

    var: Path
    port: int
    mark: str
    process: subprocess.Popen[str] | None = None
    more: dict[str, str] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def of_its_own(cls, **more: str) -> Iterator[Self]:
        """One in a new folder and at a free port, with ``more`` in its environment; gone afterwards."""
        var = Path(tempfile.mkdtemp(prefix="interlock-up-"))
        var.chmod(0o711)
        installation = cls(var, free_port(), uuid.uuid4().hex, more=more)
        try:
            yield installation
        finally:
            installation.run("-m", "controlplane.standalone", "stop")
            if installation.process:
                installation.process.wait(10)
            shutil.rmtree(var)

    @property
    def places(self) -> Places:
        return places(self.var)

    @property
    def environment(self) -> dict[str, str]:
        outside = ("DATABASE_URL", "BROKER_URL", "CACHE_URL", "DJANGO_SETTINGS_MODULE")
        kept = {name: value for name, value in os.environ.items() if name not in outside}
        own = {"INTERLOCK_VAR": str(self.var), "INTERLOCK_PORT": str(self.port), "INTERLOCK_SANDBOX": "off"}
        return kept | own | {MARK: self.mark, **self.more}

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *words]
        return subprocess.run(command, cwd=PROJECT, env=self.environment, capture_output=True, text=True, check=False)

    def said(self) -> str:
        """What has appeared on the terminal, over all starts."""
        terminal = self.var / "terminal"
        return terminal.read_text() if terminal.exists() else ""

    def begin(self) -> subprocess.Popen[str]:
        """Start, and wait for nothing."""
        command = [sys.executable, "-m", "controlplane.standalone", "up"]
        with (self.var / "terminal").open("a") as terminal:
            self.process = subprocess.Popen(
                command, cwd=PROJECT, env=self.environment, stdout=terminal, stderr=subprocess.STDOUT, text=True
            )
        return self.process

    def start(self) -> None:
        """Start, and wait for the greeting."""
        greeted = self.said().count(GREETING)
        process = self.begin()
        until(lambda: self.said().count(GREETING) > greeted or process.poll() is not None, within=READY_WITHIN_SECONDS)
        assert process.poll() is None, self.said()[-3000:]

    def answers(self, path: str) -> bool:
        """Whether a page answers with 200."""
        try:
            with urllib.request.urlopen(self.url(path), timeout=5) as answer:
                return bool(answer.status == HTTPStatus.OK)
        except OSError:
            return False

    def stop(self) -> float:
        """Ask to stop; the seconds it took."""
        assert self.process is not None
        began = time.monotonic()
        self.process.terminate()
        self.process.wait(30)
        return time.monotonic() - began

    def parts(self) -> dict[str, dict[str, Any]]:
        return {part["name"]: part for part in json.loads(self.places.board.read_text())}

    def processes(self) -> dict[int, str]:
        """All its living processes."""
        return marked(self.mark, self.var)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"
