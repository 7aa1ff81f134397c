"""One supervisor an installation."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from controlplane.standalone import lock

URL = "http://127.0.0.1:8460/"


def test_the_second_is_told_who_the_first_is_and_where(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with lock.hold(path, url=URL), pytest.raises(lock.AlreadyRunning) as refused:
        lock.hold(path, url="http://127.0.0.1:9000/")
    assert str(refused.value) == (
        f"Interlock is already running: process {os.getpid()}, {URL}. Nothing was started. Stop it with `make stop`, "
        "or run another one with its own INTERLOCK_VAR and INTERLOCK_PORT."
    )


def test_the_holder_is_known_while_it_holds_and_not_after(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    assert lock.holder(path) is None
    with lock.hold(path, url=URL):
        assert lock.holder(path) == lock.Holder(os.getpid(), URL)
    assert lock.holder(path) is None


def test_the_words_of_a_killed_holder_keep_nobody_out(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    path.write_text('{"pid": 1, "url": "http://127.0.0.1:1/"}')
    with lock.hold(path, url=URL):
        assert lock.holder(path) == lock.Holder(os.getpid(), URL)


def test_a_holder_that_has_not_said_its_name_yet_is_a_holder(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with lock.hold(path, url=URL):
        path.write_text("")
        assert lock.holder(path) == lock.Holder(0, "")
        with pytest.raises(lock.AlreadyRunning, match="process unknown, just starting, address not known yet"):
            lock.hold(path, url=URL)
