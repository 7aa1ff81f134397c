"""The whole installation, really started: pages, memory, crashes, a second start, a stop, and a start again."""

from __future__ import annotations

import http.cookiejar
import os
import re
import signal
import stat
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.standalone.installed import Installation
from tests.standalone.processes import resident_bytes
from tests.standalone.waiting import until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300), pytest.mark.xdist_group("up")]

PARTS = ["postgres", "valkey", "web", "worker", "beat"]
MOST_RESIDENT_BYTES = 800 * 10**6
STOPS_WITHIN_SECONDS = 5.0


@pytest.fixture(scope="module")
def up() -> Iterator[Installation]:
    """A started installation, shared by the tests of this file in their order."""
    with Installation.of_its_own() as installation:
        installation.start()
        yield installation


def test_the_first_page_answers(up: Installation) -> None:
    with urllib.request.urlopen(up.url("/"), timeout=10) as answer:
        page = answer.read().decode()
    assert answer.status == 200
    assert urllib.parse.urlsplit(answer.url).path == "/signin/"
    assert "<form" in page
    with urllib.request.urlopen(up.url("/health/ready"), timeout=10) as answer:
        assert answer.status == 200


def test_the_first_operator_signs_in_with_the_password_that_was_shown_once(up: Installation) -> None:
    file = up.places.first_sign_in
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    email, password = file.read_text().split()
    assert f"{email}  {password}" in up.said()
    logged = "".join(log.read_text() for log in up.places.logs.iterdir())
    assert password not in logged
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    form = browser.open(up.url("/signin/"), timeout=10).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
    assert token is not None
    typed = {"csrfmiddlewaretoken": token[1], "username": email, "email": email, "password": password}
    request = urllib.request.Request(up.url("/signin/"), urllib.parse.urlencode(typed).encode())
    request.add_header("Origin", up.url(""))
    after = browser.open(request, timeout=10)
    assert urllib.parse.urlsplit(after.url).path != "/signin/"


def test_the_idle_stack_is_small(up: Installation) -> None:
    assert resident_bytes(list(up.processes())) < MOST_RESIDENT_BYTES


def test_nobody_listens_but_the_web_server(up: Installation) -> None:
    listening = set()
    for pid in up.processes():
        for table in ("tcp", "tcp6"):
            sockets = [link.readlink().name for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()]
            inodes = {name.removeprefix("socket:[").rstrip("]") for name in sockets if name.startswith("socket:")}
            for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == "0A" and fields[9] in inodes:
                    listening.add(int(fields[1].split(":")[1], 16))
    assert listening == {up.port}


def test_a_second_start_is_refused_and_the_first_goes_on(up: Installation) -> None:
    assert up.process is not None
    again = up.run("-m", "controlplane.standalone", "up")
    assert again.returncode == 3
    assert again.stderr.startswith(f"Interlock is already running: process {up.process.pid}, {up.url('/')}.")
    assert up.process.poll() is None


def test_status_and_doctor_find_all_well(up: Installation) -> None:
    status = up.run("-m", "controlplane.standalone", "status")
    assert status.returncode == 0, status.stdout
    doctor = up.run("manage.py", "doctor")
    assert doctor.returncode == 0, doctor.stdout + doctor.stderr
    assert "not checked" not in doctor.stdout


@pytest.mark.parametrize("name", PARTS)
def test_a_killed_part_comes_back_and_pages_answer_again(up: Installation, name: str) -> None:
    before = up.parts()[name]["pid"]
    os.kill(before, signal.SIGKILL)
    until(lambda: up.parts()[name]["pid"] not in {before, None} and up.parts()[name]["state"] == "ready", within=60)

    def ready() -> bool:
        try:
            with urllib.request.urlopen(up.url("/health/ready"), timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    until(ready, within=30)


def test_a_stop_takes_less_than_five_seconds_and_leaves_nothing_but_data(up: Installation) -> None:
    assert up.stop() < STOPS_WITHIN_SECONDS
    assert up.process is not None
    assert up.process.returncode == 0
    assert not up.processes()
    assert up.run("-m", "controlplane.standalone", "status").returncode == 3


def test_the_next_start_finds_the_data_and_makes_no_second_operator(up: Installation) -> None:
    known = up.places.first_sign_in.read_text()
    up.start()
    assert up.places.first_sign_in.read_text() == known
    assert up.said().count(known.split()[1]) == 1


def test_kill_9_of_the_supervisor_leaves_nothing(up: Installation) -> None:
    assert up.process is not None
    before = up.processes()
    assert {up.process.pid, *(part["pid"] for part in up.parts().values() if part["pid"])} <= set(before)
    assert len(before) > len(PARTS) + 1  # PostgreSQL's own processes are among them
    up.process.kill()
    up.process.wait()
    until(lambda: not up.processes(), within=5)


def test_after_kill_9_it_starts_as_if_nothing_had_happened(up: Installation) -> None:
    up.start()
    assert {part["state"] for part in up.parts().values()} == {"ready", "done"}
    assert up.stop() < STOPS_WITHIN_SECONDS
