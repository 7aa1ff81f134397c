"""What the doctor says of what an operator may have left open."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from controlplane.standalone.doctor import safety
from controlplane.standalone.doctor.finding import State

LOCAL = ["127.0.0.1", "localhost", "[::1]"]


@pytest.mark.parametrize(
    ("folder_mode", "file_mode", "state"),
    [(0o700, 0o600, State.OK), (0o755, 0o600, State.BAD), (0o700, 0o640, State.BAD), (0o700, 0o604, State.BAD)],
)
def test_secrets_folder(settings: Settings, tmp_path: Path, folder_mode: int, file_mode: int, state: State) -> None:
    settings.SECRETS_FOLDER = tmp_path
    (tmp_path / "token").touch()
    (tmp_path / "token").chmod(file_mode)
    tmp_path.chmod(folder_mode)
    assert safety.secrets_folder().state is state


def test_a_secrets_folder_that_does_not_exist_is_no_fault(settings: Settings, tmp_path: Path) -> None:
    settings.SECRETS_FOLDER = tmp_path / "none"
    assert safety.secrets_folder().state is State.OK


@pytest.mark.parametrize(
    ("url", "hosts", "state"),
    [
        ("http://127.0.0.1:8460", LOCAL, State.OK),
        ("http://[::1]:8460", LOCAL, State.OK),
        ("https://interlock.example", ["interlock.example"], State.OK),
        ("https://a.interlock.example", [".interlock.example"], State.OK),
        ("http://interlock.example", ["interlock.example"], State.WARN),
        ("https://interlock.example", LOCAL, State.BAD),
        ("interlock.example", LOCAL, State.BAD),
        ("https://", LOCAL, State.BAD),
        ("https://interlock.example/path", ["interlock.example"], State.BAD),
        ("ftp://interlock.example", ["interlock.example"], State.BAD),
    ],
)
def test_public_url(settings: Settings, url: str, hosts: list[str], state: State) -> None:
    settings.PUBLIC_URL = url
    settings.ALLOWED_HOSTS = hosts
    assert safety.public_url().state is state


def test_a_refused_host_is_mended_by_naming_it(settings: Settings) -> None:
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = "https://interlock.example", LOCAL
    assert safety.public_url().mend == "Set INTERLOCK_HOSTS=interlock.example,127.0.0.1,localhost,[::1]"


@pytest.mark.parametrize(
    ("debug", "hosts", "state"),
    [
        (False, ["*"], State.OK),
        (True, LOCAL, State.WARN),
        (True, ["interlock.example"], State.BAD),
        (True, ["*"], State.BAD),
    ],
)
def test_debugging(settings: Settings, debug: bool, hosts: list[str], state: State) -> None:
    settings.DEBUG = debug
    settings.ALLOWED_HOSTS = hosts
    assert safety.debugging().state is state
