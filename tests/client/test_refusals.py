"""What the command line must never do, and what it says instead: to whom a token goes, what a terminal is shown."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from client.api import Api, Refused
from client.command_line import main
from client.following import MOST_PAGES, Following
from client.saying import plain, row, seconds

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

Answer = tuple[int, Mapping[str, str], bytes]


class Server:
    """Answers each request with the next of ``answers``, the last one again and again, and keeps what was asked."""

    def __init__(self, *answers: Answer) -> None:
        self.asked: list[tuple[str, str, Mapping[str, str], bytes]] = []
        asked, left = self.asked, list(answers)

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                named = {name.lower(): value for name, value in self.headers.items()}
                asked.append((self.command, self.path, named, body))
                status, headers, said = left.pop(0) if len(left) > 1 else left[0]
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def do_POST(self) -> None:
                self.do_GET()

            def log_message(self, *_words: Any) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Answering)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


Serves = Callable[..., Server]


@pytest.fixture
def serves() -> Iterator[Serves]:
    made: list[Server] = []

    def serve(*answers: Answer) -> Server:
        made.append(Server(*answers))
        return made[-1]

    yield serve
    for one in made:
        one.close()


def answer(document: Any, status: int = 200, **headers: str) -> Answer:
    return status, {name.replace("_", "-"): value for name, value in headers.items()}, json.dumps(document).encode()


def test_a_token_follows_nobody_elsewhere(serves: Serves) -> None:
    thief = serves(answer({}))
    here = serves((302, {"location": f"{thief.url}/api/v1/me"}, b""))
    with pytest.raises(Refused) as refused:
        Api(here.url, "ilk_secret").get("me")
    assert (refused.value.status, thief.asked) == (302, [])


def test_a_token_shows_nowhere(serves: Serves, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    here = serves(answer({"title": "No", "detail": "This token is not known."}, 401))
    monkeypatch.setenv("INTERLOCK_URL", here.url)
    monkeypatch.setenv("INTERLOCK_TOKEN", "ilk_secret")
    assert main(["tail", "--once"]) == 3
    assert "ilk_secret" not in repr(Api(here.url, "ilk_secret")) + "".join(capsys.readouterr())
    assert here.asked[0][2]["authorization"] == "Bearer ilk_secret"


def test_whoever_is_told_to_come_back_does_with_the_same_key(serves: Serves) -> None:
    waited: list[float] = []
    here = serves(answer({}, 429, retry_after="7"), answer({}, 503, retry_after="2"), answer({"id": 1}))
    assert Api(here.url, "t", waited.append).post("replays", {"a": 1}, key="k1") == {"id": 1}
    assert waited == [7.0, 2.0]
    assert {headers["idempotency-key"] for _, _, headers, _ in here.asked} == {"k1"}


@pytest.mark.parametrize("retry_after", ["999999", "-1", "soon", "Wed, 21 Oct 2099 07:28:00 GMT", "10.5", "900"])
def test_nobody_waits_for_rubbish_or_for_ever(serves: Serves, retry_after: str) -> None:
    here = serves(answer({"title": "Slow down"}, 429, retry_after=retry_after))
    with pytest.raises(Refused, match="Slow down"):
        Api(here.url, "t", lambda _: pytest.fail("it waited")).get("me")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (answer({"title": "t", "detail": "d", "faults": [{"suggestion": "customer"}]}, 422), "d “customer”?"),
        (answer({"title": "t", "errors": [{"field": "reason", "detail": "is needed"}]}, 422), "t reason: is needed"),
        ((500, {}, b"<html>"), "It answered with 500."),
        ((404, {}, b"[1]"), "It answered with 404."),
        ((200, {}, b"<html>"), "Is this the address of Interlock?"),
    ],
)
def test_a_refusal_is_told_in_its_own_words(serves: Serves, said: Answer, words: str) -> None:
    with pytest.raises(Refused) as refused:
        Api(serves(said).url, "t").get("me")
    assert words in str(refused.value)


@pytest.mark.parametrize("base", ["http://127.0.0.1:1", "ftp://127.0.0.1", "file:///etc", "nothing"])
def test_an_address_that_is_none_is_said_to_be_none(base: str) -> None:
    with pytest.raises(Refused) as refused:
        Api(base, "t").get("me")
    assert refused.value.status == 0


def test_without_a_token_it_says_where_there_is_one(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.delenv("INTERLOCK_TOKEN", raising=False)
    monkeypatch.setenv("INTERLOCK_URL", "http://interlock.example/")
    assert main(["tail"]) == 2
    assert "http://interlock.example/access/tokens/" in capsys.readouterr().err


def test_what_is_signed_with_the_senders_key_needs_no_token_until_it_is_looked_after(
    serves: Serves, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any
) -> None:
    server = serves(answer({"id": "0193f5a0-0000-7000-8000-000000000001", "status": "accepted"}, 202))
    monkeypatch.delenv("INTERLOCK_TOKEN", raising=False)
    monkeypatch.setenv("INTERLOCK_URL", server.url)
    monkeypatch.setenv("KEY", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    (tmp_path / "event.json").write_text("{}")
    words = ["send", "billing", str(tmp_path / "event.json"), "--secret-env", "KEY"]
    assert main(words) == 0
    ((method, path, headers, _),) = server.asked
    assert (method, path, "authorization" in headers) == ("POST", "/in/billing", False)
    assert main([*words, "--wait"]) == 2
    assert "/access/tokens/" in capsys.readouterr().err
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "to",
    [
        "http://10.0.0.5/x",
        "https://127.0.0.1/x",
        "http://interlock.example/",
        "http://0.0.0.0/",
        "http://127.0.0.1@evil.example/",
        "x",
    ],
)
def test_payloads_are_forwarded_to_this_machine_only(to: str, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setenv("INTERLOCK_TOKEN", "t")
    assert main(["forward", to]) == 2
    assert "no address on this machine" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["send", "billing", "/nowhere", "--secret-env", "KEY"], "cannot be read"),
        (["send", "billing", "FILE", "--secret-env", "NO_SUCH_KEY"], "NO_SUCH_KEY is empty"),
        (["send", "billing", "FILE", "--secret-env", "KEY", "--header", "x"], "NAME=VALUE"),
        (
            ["send", "billing", "FILE", "--secret-env", "KEY", "--scheme", "hmac", "--setting", "header="],
            "cannot be signed",
        ),
    ],
)
def test_what_cannot_be_sent_is_said_before_anything_is(
    words: Sequence[str], complaint: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    file = tmp_path / "body.json"
    file.write_text("{}")
    monkeypatch.setenv("INTERLOCK_TOKEN", "t")
    monkeypatch.setenv("KEY", "whsec_c2VjcmV0")
    assert main([str(file) if word == "FILE" else word for word in words]) == 2
    assert complaint in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]0;owned\x07\x1b[31mred", " ]0;owned  [31mred"),
        ("a\u202eb\u200bc", "a b c"),
        ("two\nlines\r", "two lines "),
        ("x" * 500, "x" * 160),
        ("Bürgermeister 😀", "Bürgermeister 😀"),
    ],
)
def test_a_terminal_is_shown_nothing_that_it_would_obey(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_a_row_is_one_line_whatever_a_sender_wrote() -> None:
    one = {
        "received_at": "2026-11-28T10:00:00Z",
        "state": "dead",
        "id": "1",
        "title": "a\nb",
        "key": "\x1b[2J",
        "why": "w",
    }
    assert "\n" not in row(one)
    assert "\x1b" not in row(one)
    assert [seconds(one) for one in (0.123, 9.999, 61, 600)] == ["0.12 s", "10.00 s", "61 s", "10 min"]


def a_row(number: int, state: str = "running") -> dict[str, str]:
    return {"id": f"id-{number}", "state": state}


def test_each_is_told_once_for_each_state_in_the_order_in_which_they_came(serves: Serves) -> None:
    here = serves(
        answer({"rows": [a_row(2), a_row(1)], "next": None}),
        answer({"rows": [a_row(4), a_row(3)], "next": "older"}),
        answer({"rows": [a_row(2, "dead"), a_row(1)], "next": "older still"}),
        answer({"rows": [a_row(4), a_row(3)], "next": "older"}),
        answer({"rows": [a_row(2, "dead"), a_row(1)], "next": None}),
    )
    following = Following(Api(here.url, "t"), "ada@example.com")
    assert following.begin(1) == [a_row(2)]
    assert following.look() == [a_row(2, "dead"), a_row(3), a_row(4)]
    assert (following.look(), following.missed) == ([], False)
    assert all(path == "/api/v1/transactions/search" for _, path, _, _ in here.asked)


def test_more_than_a_look_goes_back_is_said(serves: Serves) -> None:
    here = serves(answer({"rows": [a_row(0)], "next": None}), answer({"rows": [a_row(9)], "next": "more"}))
    following = Following(Api(here.url, "t"), "")
    following.begin(1)
    following._told.pop("id-0")
    following._told["id-x"] = "dead"
    following.look()
    assert following.missed is True
    assert len(here.asked) == 1 + MOST_PAGES
