"""A tethered command ends with its parent, and is otherwise as if it were started plainly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from controlplane.standalone.identity import TETHER, Identity, namespaces_allowed, tethered, unprivileged

ROOT = os.geteuid() == 0
WHO = "import os; print(os.geteuid(), os.stat('/proc/self').st_uid)"


def output(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_the_commands_words_and_exit_code_are_its_own() -> None:
    ran = subprocess.run(tethered([sys.executable, "-c", "print('hi'); exit(7)"]), capture_output=True, check=False)
    assert (ran.stdout, ran.returncode) == (b"hi\n", 7)


def test_signals_that_python_ignores_are_not_ignored_by_the_command() -> None:
    kills_itself = [
        sys.executable,
        "-I",
        "-S",
        "-c",
        "import os, signal; os.execvp('sh', ['sh', '-c', 'kill -PIPE $$'])",
    ]
    assert subprocess.run(tethered(["sh", "-c", "kill -PIPE $$"]), check=False).returncode == -signal.SIGPIPE
    assert (
        subprocess.run(kills_itself, check=False, restore_signals=True).returncode == 0
    )  # what a plain Python passes on


def test_a_command_whose_parent_is_gone_already_is_not_run() -> None:
    somebody_else = str(os.getppid())
    command = [sys.executable, "-I", "-S", str(TETHER), somebody_else, "9", "own", "echo", "ran"]
    assert output(command) == ""


@pytest.mark.skipif(not ROOT, reason="only root has another identity to take")
def test_nobody_is_nobody() -> None:
    assert output(tethered(["id", "-u"], identity=Identity.NOBODY)) == "65534\n"


@pytest.mark.skipif(not (ROOT and namespaces_allowed()), reason="needs root and user namespaces")
def test_in_a_namespace_root_looks_like_nobody_and_keeps_its_files() -> None:
    assert output(tethered([sys.executable, "-c", WHO], identity=Identity.NAMESPACE)) == "65534 65534\n"
    assert output(tethered(["cat", "/proc/self/uid_map"], identity=Identity.NAMESPACE)).split() == ["65534", "0", "1"]


def test_postgres_is_never_run_as_root() -> None:
    assert (unprivileged() is Identity.OWN) == (not ROOT)
