"""Bodies of requests to pages and the API: too much is refused before it is kept, whoever sends it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from django.conf import settings
from django.urls import reverse

from controlplane.asgi import Application
from controlplane.console.bodies import FILES, SMALL, most_bytes
from controlplane.console.imports.reading import MOST_BYTES
from controlplane.transactions.ingress import wire
from controlplane.transactions.ingress.wire import Room
from tests.foundation.web_server import said, serving

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

FORM = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
SIGN_IN, API = "/signin/", "/api/v1/replays"
TOO_LARGE = f"A request to this address has {FORM:,} bytes at most. Nothing of it was kept; send less at once."


class Watched(tempfile.SpooledTemporaryFile[bytes]):
    """What Django keeps a body in; ``made`` are all of them."""

    made: list[Watched]

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.kept = 0
        self.made.append(self)

    def write(self, content: Any) -> int:
        self.kept += len(content)
        return super().write(content)


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> list[Watched]:
    """Every file that a body was kept in."""
    monkeypatch.setattr(Watched, "made", [], raising=False)
    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", Watched)
    return Watched.made


@pytest.fixture
def application() -> Application:
    return Application()


@pytest.fixture
def port(application: Application, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Where it is served; once it is not, everything that was taken of the room has been given back."""
    monkeypatch.setattr(wire, "LINGER_SECONDS", 0.2)  # nobody here writes on after the answer
    with serving(application, lifespan="off") as made:
        yield made
    assert application.pages.room.taken == 0


def request(port: int, path: str, *pieces: bytes, lines: tuple[str, ...]) -> tuple[bytes, bytes]:
    """Head and body of what comes back until the server ends the connection."""
    head = [f"POST {path} HTTP/1.1", "host: 127.0.0.1", "content-type: application/json", *lines, "", ""]
    head_of_answer, _, body = said(port, "\r\n".join(head).encode(), *pieces, ends=False).partition(b"\r\n\r\n")
    return head_of_answer.lower(), body


def chunks(size: int, piece: int = 64 * 1024) -> list[bytes]:
    """A body of ``size`` bytes, or a little more, that goes on after it."""
    return [b"%x\r\n" % piece + b"x" * piece + b"\r\n"] * (size // piece + 1)


def test_a_body_that_announces_ten_gigabytes_is_refused_before_any_of_it_is_read(
    port: int, kept: list[Watched]
) -> None:
    head, body = request(port, SIGN_IN, lines=(f"content-length: {10 * 1024**3}", "expect: 100-continue"))

    assert head.startswith(b"http/1.1 413 ")
    assert b"\r\ncontent-type: text/html; charset=utf-8" in head
    assert b"\r\nconnection: close" in head
    assert TOO_LARGE.encode() in body
    assert kept == []


def test_a_program_is_told_in_a_problem_document(port: int, kept: list[Watched]) -> None:
    head, body = request(port, API, lines=(f"content-length: {FORM + 1}",))

    assert head.startswith(b"http/1.1 413 ")
    assert b"\r\ncontent-type: application/problem+json" in head
    assert orjson.loads(body) == {
        "type": "urn:interlock:problem:too-large",
        "title": "The body is too large",
        "status": 413,
        "detail": TOO_LARGE,
        "limit": FORM,
    }
    assert kept == []


@pytest.mark.parametrize("path", [SIGN_IN, API])
def test_a_body_that_announces_nothing_is_refused_as_soon_as_it_is_too_long(
    port: int, kept: list[Watched], path: str
) -> None:
    head, _ = request(port, path, *chunks(FORM + SMALL), lines=("transfer-encoding: chunked",))

    assert head.startswith(b"http/1.1 413 ")
    assert b"\r\nconnection: close" in head
    assert len(kept) == 1
    assert kept[0].kept <= FORM
    assert kept[0].closed


def test_a_body_that_fits_is_read(port: int, kept: list[Watched]) -> None:
    head, _ = request(port, SIGN_IN, b"x" * FORM, lines=(f"content-length: {FORM}", "connection: close"))

    assert head.startswith(b"http/1.1 403 ")  # it comes from no form of ours
    assert [one.kept for one in kept] == [FORM]


def test_where_files_are_taken_they_may_be_as_large_as_they_are_read() -> None:
    assert reverse("console:import-document") == FILES
    assert most_bytes(FILES) == MOST_BYTES + FORM
    assert most_bytes(SIGN_IN) == most_bytes(API) == FORM


def test_when_too_many_large_bodies_arrive_at_once_they_are_told_to_come_back_and_forms_go_on(
    port: int, application: Application, kept: list[Watched]
) -> None:
    application.pages.room = Room(1000)

    head, body = request(port, API, *chunks(2 * SMALL), lines=("transfer-encoding: chunked",))
    assert head.startswith(b"http/1.1 503 ")
    assert b"\r\nretry-after: 2" in head
    assert orjson.loads(body)["detail"] == (
        "More large requests arrive at once than fit here. Nothing of this one was kept; send it again."
    )
    assert kept[0].closed

    head, _ = request(port, SIGN_IN, b"x" * SMALL, lines=(f"content-length: {SMALL}", "connection: close"))
    assert head.startswith(b"http/1.1 403 ")
