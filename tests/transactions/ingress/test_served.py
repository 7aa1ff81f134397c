"""The ingress behind its real server, over real sockets: what a sender sees on the wire."""

from __future__ import annotations

from collections.abc import Iterator

import orjson
import pytest

from controlplane.asgi import Application
from controlplane.foundation import collector
from controlplane.transactions.models import Inbox
from tests.foundation.web_server import said, serving
from tests.transactions.ingress.conftest import Opens
from tests.transactions.ingress.door import Door

pytestmark = pytest.mark.django_db(transaction=True)

BODY = b'{"id":"evt_1"}'


@pytest.fixture
def door(opens: Opens) -> Door:
    """Only for its signatures here; what is asked is the server."""
    return opens(event_id="event.id", max_body=1000)


@pytest.fixture
def port(door: Door, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Where the ingress is served alone, as in production."""
    monkeypatch.setattr(collector, "settle", lambda: None)  # this process has other tests to run
    with serving(Application(alone=True)) as made:
        yield made


def request(port: int, *pieces: bytes) -> bytes:
    """Everything that comes back for these bytes until the server closes the connection, or two seconds are over."""
    return said(port, *pieces, ends=False, patience=2)


def head(door: Door, *lines: str, signed: bytes = BODY) -> bytes:
    """The head of a request to the endpoint."""
    signature = [f"{name}: {value}" for name, value in door.signed(signed).items()]
    all_lines = [f"POST /in/{door.slug} HTTP/1.1", "host: interlock.example", *signature, *lines, "", ""]
    return "\r\n".join(all_lines).encode("latin-1")


def test_an_event_is_accepted(door: Door, port: int) -> None:
    answer = request(port, head(door, f"content-length: {len(BODY)}", "connection: close"), BODY)
    status, _, rest = answer.partition(b"\r\n")
    assert status == b"HTTP/1.1 202 Accepted"
    told = orjson.loads(rest.split(b"\r\n\r\n")[1])
    assert told == {"id": str(Inbox.objects.get().transaction_id), "status": "accepted"}


def test_a_sender_that_writes_on_after_being_refused_sees_the_answer(door: Door, port: int) -> None:
    """Had the server closed at once, the sender's next write would have met a reset."""
    pieces = [b"x" * 65536] * 40
    answer = request(port, head(door, "content-length: 2621440"), *pieces)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"\r\nconnection: close\r\n" in answer.lower()
    assert b'"limit":1000' in answer


def test_a_chunked_body_that_never_ends_is_refused(door: Door, port: int) -> None:
    chunk = b"400\r\n" + b"x" * 1024 + b"\r\n"
    answer = request(port, head(door, "transfer-encoding: chunked"), chunk, chunk)
    assert answer.startswith(b"HTTP/1.1 413 ")


def test_a_sender_that_asks_first_is_told_without_sending(door: Door, port: int) -> None:
    answer = request(port, head(door, "content-length: 2000", "expect: 100-continue"))
    assert answer.startswith(b"HTTP/1.1 413 ")


def test_a_connection_goes_on_after_what_was_wrong_with_one_request(door: Door, port: int) -> None:
    unbelieved = b"POST /in/billing-webhooks HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}"
    good = head(door, f"content-length: {len(BODY)}", "connection: close") + BODY
    answer = request(port, unbelieved + good)
    assert [part[:3] for part in answer.split(b"HTTP/1.1 ")[1:]] == [b"401", b"202"]


@pytest.mark.parametrize(
    "junk",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET\r\n\r\n",
        b"POST /in/\xff\xfe HTTP/1.1\r\nhost: x\r\n\r\n",
        b"POST /in/x HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
        b"POST /in/x HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /in/x HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
    ids=lambda junk: repr(junk[:24]),
)
def test_what_is_not_http_is_refused_and_the_server_lives(door: Door, port: int, junk: bytes) -> None:
    answer = request(port, junk)
    assert answer.partition(b" ")[2][:3] in {b"400", b"404", b"405", b""}
    good = head(door, f"content-length: {len(BODY)}", "connection: close") + BODY
    assert request(port, good).startswith(b"HTTP/1.1 202 ")


def test_a_websocket_is_turned_away(door: Door, port: int) -> None:
    upgrade = [
        f"GET /in/{door.slug} HTTP/1.1",
        "host: x",
        "connection: upgrade",
        "upgrade: websocket",
        "sec-websocket-version: 13",
        "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
        "",
        "",
    ]
    assert request(port, "\r\n".join(upgrade).encode()).startswith(b"HTTP/1.1 403 ")
