"""``interlock`` as a developer uses it, at a whole installation: sent and followed, seen, forwarded, replayed."""

from __future__ import annotations

import json
import os
import re
import threading
from argparse import Namespace
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, Self

import pytest

from client import forward, tail
from client.api import Api
from client.command_line import main
from tests.faults.plants import SECRET, planted_with
from tests.faults.witness import Witness
from tests.standalone.installed import Installation

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240), pytest.mark.xdist_group("client")]

EMAIL = "dev@example.com"


@pytest.fixture(scope="module")
def witness() -> Iterator[Witness]:
    with Witness() as made:
        yield made


@pytest.fixture(scope="module")
def plant(witness: Witness) -> Iterator[Installation]:
    """Everything runs; whoever develops there has a token."""
    with planted_with("estate.yaml", TARGET=witness.url) as made:
        added = made.run("manage.py", "person", "add", EMAIL, "Dev", "--role", "owner:faults", "--generate-password")
        assert added.returncode == 0, added.stderr
        yield made


@pytest.fixture(autouse=True)
def environment(plant: Installation, witness: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the installation is, and the token for it."""
    made = plant.run("manage.py", "service_token", "add", EMAIL, "tests", "--role", "owner:faults")
    assert made.returncode == 0, made.stderr
    monkeypatch.setenv("INTERLOCK_URL", plant.url(""))
    monkeypatch.setenv("INTERLOCK_TOKEN", made.stdout.split()[-1])
    monkeypatch.setenv("FAULTS_SECRET", SECRET)
    witness.status = 200


Sends = Callable[..., int]


@pytest.fixture
def sends(tmp_path: Path) -> Sends:
    """Sends an order of that number as its sender would."""

    def send(number: int, *more: str) -> int:
        file = tmp_path / f"{number}.json"
        file.write_text(json.dumps({"type": "order.placed", "number": number, "data": {"number": number}}))
        return main(["send", "faults", str(file), "--secret-env", "FAULTS_SECRET", "--wait", *more])

    return send


Said = pytest.CaptureFixture[str]


def identifier_in(said: str) -> str:
    """The id that a sender was told."""
    return str(json.loads(said.partition(" ")[2].partition("\n")[0])["id"])


def test_an_event_is_sent_signed_and_followed_to_its_end(sends: Sends, witness: Witness, capsys: Said) -> None:
    assert sends(1, "--header", "webhook-id=msg_1") == 0
    said = capsys.readouterr().out
    assert said.startswith('202 {"id":"')
    assert "succeeded: " in said
    assert [one.body for one in witness.seen if one.body["number"] == 1] == [{"number": 1}]
    assert sends(1, "--header", "webhook-id=msg_1") == 0
    assert '"status":"duplicate"' in capsys.readouterr().out


def test_what_is_signed_by_somebody_else_is_refused(
    sends: Sends, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    monkeypatch.setenv("FAULTS_SECRET", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
    assert sends(2) == 1
    assert capsys.readouterr().out.startswith("401 ")


def test_what_failed_is_shown_with_its_tries_and_replayed_once_the_receiver_is_well(
    sends: Sends, witness: Witness, capsys: Said
) -> None:
    witness.status = 422
    assert sends(3) == 1
    identifier = identifier_in(capsys.readouterr().out)
    assert main(["show", identifier, "--bodies"]) == 1
    said = capsys.readouterr().out
    assert said.startswith("dead: ")
    assert re.search(r"try 1 at \d\d:\d\d:\d\d, .* 422 ", said)
    assert '"number": 3' in said
    assert main(["replay", identifier, "--reason", "Nobody sits here"]) == 1
    assert "say --yes where nobody can be asked" in capsys.readouterr().err
    witness.status = 200
    assert main(["replay", identifier, "--reason", "The receiver is back", "--yes"]) == 0
    assert "done; 1 succeeded" in capsys.readouterr().out
    assert main(["show", identifier, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["state"] == "succeeded"


def test_tail_shows_what_is_there_and_then_what_comes(sends: Sends, capsys: Said) -> None:
    assert sends(4) == 0
    first = identifier_in(capsys.readouterr().out)
    assert main(["tail", "--once", "-n", "1", "integration:faults"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert first in line
    assert "succeeded" in line
    asked = Namespace(query=["status:ok"], n=0, json=True, once=False)
    with pytest.raises(KeyboardInterrupt):
        tail.run(an_api(lambda: sends(5)), asked)
    (row,) = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"received_at"' in line]
    assert row["state"] == "succeeded"
    assert row["id"] != first


def test_a_search_that_cannot_be_read_says_what_was_meant(capsys: Said) -> None:
    assert main(["tail", "--once", "integraton:faults"]) == 3
    assert "integration" in capsys.readouterr().err


def test_what_an_endpoint_receives_is_forwarded_to_a_program_on_this_machine(sends: Sends, capsys: Said) -> None:
    with Local() as local:
        asked = Namespace(to=f"http://127.0.0.1:{local.port}/hook", query=["integration:faults"])
        with pytest.raises(KeyboardInterrupt):
            forward.run(an_api(lambda: sends(6)), asked)
    assert [json.loads(body)["number"] for body in local.bodies] == [6]
    assert any(line.startswith("200 ") for line in capsys.readouterr().out.splitlines())


def an_api(*happens: Callable[[], Any]) -> Api:
    """In whose pauses these happen, one in each; then the person interrupts."""
    left: Iterator[Callable[[], Any]] = iter([*happens, lambda: None])

    def pause(_seconds: float) -> None:
        following = next(left, None)
        if following is None:
            raise KeyboardInterrupt
        following()

    return Api(os.environ["INTERLOCK_URL"], os.environ["INTERLOCK_TOKEN"], pause)


class Local:
    """A program on this machine that takes what is forwarded."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        bodies = self.bodies

        class Taking(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                bodies.append(self.rfile.read(int(self.headers["content-length"])))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_words: Any) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Taking)
        self.port = self._server.server_port

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()
