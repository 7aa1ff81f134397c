"""The web server's limits, before anybody is believed: heads, time, connections, and order of answers."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import orjson
import pytest

from controlplane.foundation import bounded_http
from controlplane.foundation.bounded_http import BoundedHttp
from tests.foundation.web_server import answers, heard, said, serving, statuses

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

GOOD = b"POST /good HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\nbody"
#: More than the kernel holds for somebody who does not read.
LARGE = 64_000_000
SLOW = GOOD.replace(b"/good", b"/slow")
RUBBISH = b"\x00\x01\x02 rubbish\r\n\r\n"


class Page:
    """Answers with the length of the body, after ``wait`` was set where the path is ``/slow``."""

    def __init__(self) -> None:
        self.goes_on = threading.Event()
        self.begun = threading.Event()
        self.largest_head = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        self.largest_head = max(self.largest_head, len(scope["headers"]))
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            size += len(message["body"])
            if not message["more_body"]:
                break
        self.begun.set()
        if scope["path"] == "/slow":
            await asyncio.to_thread(self.goes_on.wait, 10)
        body = b"%d" % size
        if scope["path"] == "/large":
            body = bytes(LARGE)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
        await send({"type": "http.response.body", "body": body})


@pytest.fixture
def page() -> Page:
    return Page()


@pytest.fixture
def port(page: Page) -> Iterator[int]:
    with serving(page, lifespan="off") as made:
        yield made
        page.goes_on.set()


def the_problem(raw: bytes) -> tuple[int, str]:
    """Status and kind of the last answer, which is a problem document and the connection's last."""
    status, body = answers(raw)[-1]
    document = orjson.loads(body)
    assert document["status"] == status
    assert b"connection: close" in raw.lower()
    return status, document["type"].rpartition(":")[2]


def test_a_request_is_served(port: int) -> None:
    assert answers(said(port, GOOD)) == [(200, b"4")]


def test_who_closes_their_half_after_the_request_still_gets_the_answer(port: int) -> None:
    assert statuses(said(port, GOOD * 3)) == [200, 200, 200]


def test_who_closes_their_half_within_a_request_gets_none(port: int) -> None:
    assert said(port, GOOD[:-1]) == b""
    assert said(port, GOOD[:20]) == b""
    assert statuses(said(port, GOOD + GOOD[:20])) == [200]


@pytest.mark.parametrize(
    "head",
    [
        b"POST / HTTP/1.1\r\n" + b"".join(b"x-%d: y\r\n" % n for n in range(300)),
        b"POST / HTTP/1.1\r\nx: " + b"y" * 400_000,
        b"POST /" + b"y" * 400_000,
        b"POST / HTTP/1.1\r\n" + b"x" * 400_000,
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n" + b"0" * 400_000,
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1;x=" + b"y" * 400_000,
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx: " + b"y" * 400_000,
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n0\r\n" + b"x: y\r\n" * 70_000,
    ],
    ids=["many headers", "value", "address", "name", "chunk size", "chunk extension", "trailer", "many trailers"],
)
def test_a_head_without_end_is_refused(port: int, page: Page, head: bytes) -> None:
    assert the_problem(said(port, head, ends=False)) in {(431, "head-too-large"), (400, "bad-input")}
    assert page.largest_head <= bounded_http.MAX_HEADERS
    assert statuses(said(port, GOOD)) == [200]


def test_a_body_in_chunks_of_a_byte_is_none_too_many(port: int) -> None:
    body = b"1\r\nx\r\n" * 100_000 + b"0\r\n\r\n"
    head = b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
    assert answers(said(port, head + body)) == [(200, b"100000")]


@pytest.mark.parametrize("offer", [b"h2c", b"TLS/1.0", b"irc/6.9, rta/x11"])
def test_an_offer_to_go_on_otherwise_costs_no_body(port: int, offer: bytes) -> None:
    """Java's client offers HTTP/2 with every request, and the parser would drop the body for it."""
    lines = b"connection: upgrade, http2-settings\r\nhttp2-settings: x\r\nupgrade: %b\r\n" % offer
    request = b"POST /good HTTP/1.1\r\nhost: x\r\n" + lines + b"content-length: 4\r\n\r\nbody"
    assert answers(said(port, request)) == [(200, b"4")]
    assert answers(said(port, request * 500)) == [(200, b"4")] * 500
    assert answers(said(port, request[:-4], b"body")) == [(200, b"4")]


def test_trailers_are_read_and_not_kept(port: int, page: Page) -> None:
    head = b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
    assert answers(said(port, head + b"0\r\nx-late: 1\r\n\r\n")) == [(200, b"0")]
    assert page.largest_head == 2


@pytest.mark.parametrize(
    ("said_so_far", "kind"),
    [(b"POST / HTTP/1.1\r\nhost", "head-too-slow"), (GOOD[:-1], "body-too-slow"), (b"", "silent")],
    ids=["head", "body", "silent"],
)
def test_who_does_not_go_on_is_given_up(
    port: int, monkeypatch: pytest.MonkeyPatch, said_so_far: bytes, kind: str
) -> None:
    monkeypatch.setattr(bounded_http, "HEAD_SECONDS", 0.2)
    monkeypatch.setattr(bounded_http, "BODY_SECONDS", 0.2)
    began = time.monotonic()
    answer = said(port, said_so_far, ends=False)
    assert time.monotonic() - began < 8
    assert answer == b"" if kind == "silent" else the_problem(answer) == (408, "too-slow")


def test_a_dribbled_head_is_not_given_more_time_by_each_byte(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_http, "HEAD_SECONDS", 0.3)
    stop = threading.Event()
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(GOOD)  # also on a connection that was used before
        client.settimeout(5)
        client.recv(1000)

        def dribble() -> None:
            try:
                for byte in b"POST / HTTP/1.1\r\n" + b"x: y\r\n" * 1000:
                    client.sendall(bytes([byte]))
                    if stop.wait(0.02):
                        return
            except OSError:
                return

        thread = threading.Thread(target=dribble)
        thread.start()
        assert b" 408 " in client.recv(1000)
        stop.set()
        thread.join()


def test_rubbish_behind_a_request_does_not_take_its_answer(port: int, page: Page) -> None:
    """Else a sender would be told 400 of an event that was accepted."""
    slow = GOOD.replace(b"/good", b"/slow")
    got: list[bytes] = []
    asking = threading.Thread(target=lambda: got.append(said(port, slow + RUBBISH, ends=False)))
    asking.start()
    page.begun.wait(5)
    page.goes_on.set()
    asking.join()
    assert answers(got[0]) == [(200, b"4")]


def test_a_broken_chunk_ends_the_request_it_belongs_to(port: int) -> None:
    head = b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
    assert the_problem(said(port, head, b"zz\r\n", ends=False)) == (400, "bad-input")


def test_more_connections_than_can_be_served_are_told_so(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_http.BoundedHttp, "most", 5)
    with ExitStack() as others:
        for _ in range(5):
            others.enter_context(socket.create_connection(("127.0.0.1", port)))
        answer = said(port, b"", ends=False)
        assert the_problem(answer) == (503, "unavailable")
        assert b"retry-after: 2" in answer
    for _ in range(50):
        if statuses(said(port, GOOD)) == [200]:
            break
    assert statuses(said(port, GOOD)) == [200]


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[BoundedHttp]:
    """Every connection that is made from now on."""
    made: list[BoundedHttp] = []
    greet = BoundedHttp.connection_made

    def remember(connection: BoundedHttp, transport: Any) -> None:
        made.append(connection)
        greet(connection, transport)

    monkeypatch.setattr(BoundedHttp, "connection_made", remember)
    return made


def test_whoever_sends_many_requests_at_once_is_read_as_they_are_answered(
    port: int, page: Page, connections: list[BoundedHttp]
) -> None:
    many = [
        b"POST /%d HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n%b" % (n, n % 7, b"x" * (n % 7))
        for n in range(9000)
    ]
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(SLOW)
        assert page.begun.wait(10)
        sending = threading.Thread(target=client.sendall, args=(b"".join(many),))
        sending.start()
        while not connections[0]._unread:
            page.begun.wait(0.005)
        most = bounded_http.MOST_AHEAD + bounded_http.PIECE // len(many[0])
        assert bounded_http.MOST_AHEAD <= len(connections[0].pipeline) <= most
        page.goes_on.set()
        told = answers(heard(client, 1 + len(many)))
        sending.join()
    assert told == [(200, b"4")] + [(200, b"%d" % (n % 7)) for n in range(9000)]


def test_whoever_sends_many_requests_at_once_and_closes_their_half_gets_all_the_answers(port: int) -> None:
    assert statuses(said(port, GOOD * 500)) == [200] * 500
    assert statuses(said(port, GOOD * 500 + GOOD[:20])) == [200] * 500


def test_a_large_body_in_one_piece_is_read_whole_and_what_follows_it_too(port: int) -> None:
    large = b"POST /good HTTP/1.1\r\nhost: x\r\ncontent-length: 100001\r\n\r\n" + bytes(100_001)
    assert answers(said(port, large + GOOD + large)) == [(200, b"100001"), (200, b"4"), (200, b"100001")]


def test_who_hangs_up_on_several_requests_is_told_nothing_and_breaks_nothing(
    port: int, page: Page, connections: list[BoundedHttp], caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(SLOW + GOOD)
        assert page.begun.wait(10)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    while not connections[0].transport.is_closing():
        page.begun.wait(0.005)
    page.goes_on.set()
    assert answers(said(port, GOOD)) == [(200, b"4")]
    assert [one.message for one in caplog.records if one.levelno >= logging.WARNING] == []


def test_who_never_reads_an_answer_is_given_up(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_http, "DEAF_SECONDS", 0.2)
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(5)
        client.connect(("127.0.0.1", port))
        client.sendall(GOOD.replace(b"/good", b"/large"))
        time.sleep(0.6)
        assert read_to_the_end(client) < LARGE


def read_to_the_end(client: socket.socket) -> int:
    """How many bytes come until the connection ends, one way or the other."""
    got = 0
    try:
        while part := client.recv(1_000_000):
            got += len(part)
    except ConnectionResetError:
        pass
    return got


def test_the_limit_of_connections_leaves_files_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    for allowed, most in ((1024, 896), (100_000, 4096), (100, 16), (-1, 4096)):
        monkeypatch.setattr(bounded_http, "getrlimit", lambda _, allowed=allowed: (allowed, allowed))
        assert bounded_http.most_connections() == most
