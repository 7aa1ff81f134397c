"""What the doctor says of the machine."""

from __future__ import annotations

import os
import socket
import tempfile
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import pytest

from controlplane.standalone import lock
from controlplane.standalone.doctor import machine
from controlplane.standalone.doctor.finding import Finding, State
from controlplane.standalone.places import places

GIB = 1024**3


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of an installation that never ran."""
    monkeypatch.setenv("INTERLOCK_VAR", str(tmp_path / "var"))
    return tmp_path / "var"


@pytest.mark.parametrize(("found", "state"), [((3, 10, 9), State.BAD), ((3, 11, 0), State.OK), ((3, 14, 1), State.OK)])
def test_python(monkeypatch: pytest.MonkeyPatch, found: tuple[int, int, int], state: State) -> None:
    monkeypatch.setattr("sys.version_info", found)
    finding = machine.python()
    assert finding.state is state
    assert ".".join(map(str, found)) in finding.what


def test_packages_are_compared_with_the_lock_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    django = version("django")
    (tmp_path / "requirements.lock").write_text(
        f"django=={django} \\\n    --hash=sha256:aa\nCelery==0.1 \\\n    --hash=sha256:bb\n"
        "no-such-package==1.0\nonly-windows==1.0 ; sys_platform == 'win32' \\\n"
    )
    monkeypatch.setattr(machine, "PROJECT", tmp_path)
    finding = machine.dependencies()
    celery = version("celery")
    assert finding.state is State.BAD
    assert finding.what == (
        f"Packages differ from requirements.lock: Celery {celery} (locked: 0.1), no-such-package missing (locked: 1.0)."
    )


def test_packages_of_this_environment_are_those_of_the_lock_file() -> None:
    assert machine.dependencies().state is State.OK


def test_a_data_folder_is_made_later_when_its_parent_can_be_written(var: Path) -> None:
    assert machine.data_folder() == Finding(State.OK, str(var))


def test_a_data_folder_that_cannot_be_written_is_bad(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    finding = machine.data_folder()
    assert finding.state is State.BAD
    assert finding.what == f"{var.parent} cannot be written by this user."


@pytest.mark.parametrize(
    ("free", "state"), [(GIB // 10, State.BAD), (GIB, State.WARN), (2 * GIB, State.OK), (90 * GIB, State.OK)]
)
def test_disk(var: Path, monkeypatch: pytest.MonkeyPatch, free: int, state: State) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=free))
    assert machine.disk().state is state


def test_sockets_of_somebody_else_are_bad(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine.sockets().state is State.OK
    places(var).sockets.mkdir(parents=True)
    assert machine.sockets().state is State.OK
    monkeypatch.setattr("os.geteuid", lambda: 4242)
    assert machine.sockets().what == f"{var / 'run'} belongs to uid {var.stat().st_uid}, not to you."


@pytest.mark.parametrize(
    ("uid", "namespaces", "state", "what"),
    [
        (1000, False, State.OK, "an ordinary user"),
        (0, True, State.OK, "root, PostgreSQL in a user namespace"),
    ],
)
def test_postgres_user(monkeypatch: pytest.MonkeyPatch, uid: int, namespaces: bool, state: State, what: str) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr("os.geteuid", lambda: uid)
    monkeypatch.setattr(machine, "namespaces_allowed", lambda: namespaces)
    assert (machine.database_user().state, machine.database_user().what) == (state, what)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can try to be nobody")
@pytest.mark.parametrize(("mode", "state"), [(0o711, State.OK), (0o700, State.BAD)])
def test_root_without_namespaces_needs_a_place_that_nobody_reaches(
    monkeypatch: pytest.MonkeyPatch, mode: int, state: State
) -> None:
    with tempfile.TemporaryDirectory() as name:
        program = Path(name) / "pginstall" / "bin" / "postgres"
        program.parent.mkdir(parents=True)
        program.write_text("#!/bin/sh\nexit 0\n")
        program.chmod(0o755)
        Path(name).chmod(mode)
        monkeypatch.delenv("DATABASE_URL", raising=False)
        monkeypatch.setattr(machine, "namespaces_allowed", lambda: False)
        monkeypatch.setattr(machine, "wheel_folder", lambda *_, **__: Path(name))
        assert machine.database_user().state is state


def test_an_outside_database_needs_no_user_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://db.example/interlock")
    assert machine.database_user().what == "PostgreSQL is outside (DATABASE_URL)"


def test_a_free_port_is_good_and_a_taken_one_is_bad(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        number = other.getsockname()[1]
        monkeypatch.setattr(machine, "web_port", lambda: number)
        taken = machine.port()
    assert (taken.state, taken.what) == (State.BAD, f"Port {number} is taken by another program.")
    assert machine.port().what == f"{number} is free (Interlock is not running)"


def test_a_running_installation_that_does_not_answer_is_bad(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = places(var)
    place.lock.parent.mkdir(parents=True)
    monkeypatch.setattr(machine, "web_port", lambda: 1024)
    with lock.hold(place.lock, url="x"):
        assert machine.port().what == "Interlock runs, but http://127.0.0.1:1024/health/ready does not answer with 200."
