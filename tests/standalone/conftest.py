"""A supervisor of stand-in parts, run as a program of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from controlplane.standalone.choices import PROJECT
from tests.standalone.processes import MARK, marked
from tests.standalone.waiting import until

RUN_PARTS = Path(__file__).with_name("run_parts.py")


@dataclass
class Stack:
    """A running supervisor, its folder, and the mark that all its processes carry."""

    process: subprocess.Popen[bytes]
    folder: Path
    mark: str = field(repr=False)

    def part(self, name: str) -> dict[str, Any]:
        """What the board says of a part."""
        parts: list[dict[str, Any]] = json.loads((self.folder / "parts.json").read_text())
        return next(part for part in parts if part["name"] == name)

    def words(self, name: str = "supervisor") -> str:
        """What a part, or the supervisor itself, has said."""
        return (self.folder / f"{name}.log").read_text()

    def ready(self) -> None:
        """Wait until everything is ready."""
        until((self.folder / "all-ready").exists)

    def processes(self) -> dict[int, str]:
        """All its living processes."""
        return marked(self.mark, self.folder)


Start = Callable[..., Stack]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """``start([{"name": …, "code": …}], […])``: one list of parts a stage; ``terminal`` is a descriptor."""
    stacks = []

    def begin(*stages: list[dict[str, Any]], grace: float = 1.0, terminal: int = subprocess.DEVNULL) -> Stack:
        mark = uuid.uuid4().hex
        described = json.dumps([{"parts": parts, "grace": grace} for parts in stages])
        process = subprocess.Popen(
            [sys.executable, RUN_PARTS, tmp_path, described],
            env={**os.environ, MARK: mark, "PYTHONPATH": str(PROJECT)},
            stdout=terminal,
        )
        stacks.append(stack := Stack(process, tmp_path, mark))
        until((tmp_path / "parts.json").exists)
        return stack

    yield begin
    for stack in stacks:
        stack.process.terminate()
        stack.process.wait(10)


@pytest.fixture
def var() -> Iterator[Path]:
    """A folder that other users may pass through, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="interlock-test-"))
    folder.chmod(0o711)
    yield folder / "var"
    shutil.rmtree(folder)
