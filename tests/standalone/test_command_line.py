"""``up``, ``status`` and ``stop`` say clearly what is and what was done."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from controlplane.standalone import lock
from controlplane.standalone.choices import port
from controlplane.standalone.command_line import main
from controlplane.standalone.places import Places, places


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """An installation in a folder of its own that never ran."""
    monkeypatch.setenv("INTERLOCK_VAR", str(tmp_path))
    monkeypatch.delenv("INTERLOCK_PORT", raising=False)
    (tmp_path / "run").mkdir()
    return places(tmp_path)


@pytest.fixture
def running(here: Places) -> Iterator[Places]:
    """The same, held by this process as if it were the supervisor."""
    with lock.hold(here.lock, url="http://127.0.0.1:8460/"):
        yield here


def test_a_second_start_is_refused(running: Places, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["up"]) == 3
    said = capsys.readouterr().err
    assert said.startswith(f"Interlock is already running: process {os.getpid()}, http://127.0.0.1:8460/.")


def test_a_taken_port_is_named_before_anything_starts(
    here: Places, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        monkeypatch.setattr("controlplane.standalone.command_line.web_port", lambda: taken)
        assert main(["up"]) == 4
    said = capsys.readouterr().err
    assert said.startswith(f"Port {taken} is taken by another program; nothing was started.")
    assert f"INTERLOCK_PORT={taken + 1} make up" in said
    assert not (here.var / "postgres").exists()


@pytest.mark.parametrize("raw", ["80", "40000", "0", "-1", "http"])
def test_a_port_that_cannot_be_used_is_refused_with_its_name(
    here: Places, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, raw: str
) -> None:
    monkeypatch.setenv("INTERLOCK_PORT", raw)
    assert main(["up"]) == 2
    assert capsys.readouterr().err.startswith(f"INTERLOCK_PORT={raw!r} cannot be used: ")


def test_the_default_port_is_one_that_the_kernel_does_not_give_away() -> None:
    assert port("8460") == 8460


def test_a_folder_that_cannot_be_written_is_named(
    here: Places, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (here.var / "file").touch()
    monkeypatch.setenv("INTERLOCK_VAR", str(here.var / "file"))
    assert main(["up"]) == 1
    assert str(here.var / "file") in capsys.readouterr().err


def test_status_of_what_does_not_run(here: Places, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status"]) == 3
    assert capsys.readouterr().out == f"Interlock is not running ({here.var}). Start it with `make up`.\n"


def test_status_before_any_part_is_known(running: Places, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status"]) == 1
    assert capsys.readouterr().out == "Interlock is just starting.\n"


@pytest.mark.parametrize(("state", "code"), [("ready", 0), ("done", 0), ("failing", 1), ("starting", 1)])
def test_status_names_every_part(running: Places, capsys: pytest.CaptureFixture[str], state: str, code: int) -> None:
    parts = [
        {"name": "postgres", "state": "ready", "pid": 11, "restarts": 2},
        {"name": "worker", "state": state, "pid": None, "restarts": 0},
    ]
    running.board.write_text(json.dumps(parts))
    assert main(["status"]) == code
    assert capsys.readouterr().out == (
        f"Interlock is running: process {os.getpid()}, http://127.0.0.1:8460/\n"
        "  postgres  ready      process 11, started again 2 times\n"
        f"  worker    {state:<10} \n"
    )


def test_stopping_what_does_not_run_is_no_error(here: Places, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stop"]) == 0
    assert capsys.readouterr().out == f"Interlock is not running ({here.var}); nothing to stop.\n"


@pytest.mark.parametrize(
    ("reaction", "said", "code"),
    [("", "Stopped after", -signal.SIGTERM), ("signal.signal(15, signal.SIG_IGN)", "was killed", -signal.SIGKILL)],
)
def test_stop_ends_the_supervisor_even_when_it_does_not_react(
    here: Places,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    reaction: str,
    said: str,
    code: int,
) -> None:
    monkeypatch.setattr("controlplane.standalone.command_line.STOP_WITHIN_SECONDS", 0.5)
    script = (
        "import signal, sys, time; from pathlib import Path; from controlplane.standalone import lock\n"
        f"{reaction}\nheld = lock.hold(Path({str(here.lock)!r}), url='x'); print('held', flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as supervisor:
        assert supervisor.stdout is not None
        assert supervisor.stdout.readline() == b"held\n"
        assert main(["stop"]) == 0
        assert supervisor.wait(5) == code
    assert said in capsys.readouterr().out
    with here.lock.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
