"""Rubbish on the wire, against the ingress behind its real server: each kind has its answer, and none is a 500."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from controlplane.asgi import Application
from controlplane.foundation import collector
from controlplane.transactions.ingress import wire
from controlplane.transactions.models import Inbox
from tests.foundation.web_server import answers, said, serving, statuses
from tests.transactions.ingress.conftest import Opens
from tests.transactions.ingress.door import Door

pytestmark = pytest.mark.django_db(transaction=True)

BODY = b'{"id":"evt_1"}'
FORESEEN = {200, 202, 400, 401, 404, 405, 408, 413, 415, 429, 431, 503}


@pytest.fixture
def door(opens: Opens) -> Door:
    """For its signatures; what is asked is the server."""
    return opens(event_id="event.id", max_body=1000)


@pytest.fixture
def port(door: Door, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Where the ingress is served alone, as in production."""
    monkeypatch.setattr(collector, "settle", lambda: None)  # this process has other tests to run
    with serving(Application(alone=True)) as made:
        yield made


def head(door: Door, *lines: str, first: str = "", signed: bytes = BODY) -> bytes:
    """The head of a request that is believed."""
    proof = [f"{name}: {value}" for name, value in door.signed(signed).items()]
    start = first or f"POST /in/{door.slug} HTTP/1.1"
    return "\r\n".join([start, "host: x", *proof, *lines, "", ""]).encode("latin-1")


LENGTH = f"content-length: {len(BODY)}"
CHUNKED = "transfer-encoding: chunked"

#: What is said, and the answers to it.
SAID: dict[str, tuple[list[str], bytes, list[int]]] = {
    "as it should be": ([LENGTH], BODY, [202]),
    "in chunks": ([CHUNKED], b"3\r\n%b\r\n%x\r\n%b\r\n0\r\n\r\n" % (BODY[:3], len(BODY) - 3, BODY[3:]), [202]),
    "in chunks with extensions and trailers": ([CHUNKED], b"e;a=b\r\n%b\r\n0\r\nx-late: 1\r\n\r\n" % BODY, [202]),
    "a length that is too short": ([f"content-length: {len(BODY) - 1}"], BODY, [401]),
    "a length that is too long": ([f"content-length: {len(BODY) + 1}"], BODY, []),
    "a negative length": (["content-length: -1"], BODY, [400]),
    "a length with a sign": ([f"content-length: +{len(BODY)}"], BODY, [400]),
    "a length in hexadecimal": (["content-length: 0xe"], BODY, [400]),
    "a length larger than a word": ([f"content-length: {'9' * 30}"], BODY, [400]),
    "two lengths": ([LENGTH, "content-length: 3"], BODY, [400]),
    "the same length twice": ([LENGTH, LENGTH], BODY, [400]),
    "a length and chunks": ([LENGTH, CHUNKED], b"0\r\n\r\n", [400]),
    "chunks in two words": (["transfer-encoding: chunked, chunked"], b"0\r\n\r\n", [400]),
    "an unknown transfer encoding": (["transfer-encoding: gzip"], b"", [400]),
    "gzip": ([LENGTH, "content-encoding: gzip"], BODY, [415]),
    "brotli": ([LENGTH, "content-encoding: br"], BODY, [415]),
    "identity in so many words": ([LENGTH, "content-encoding: identity"], BODY, [202]),
    "a NUL in a header": ([LENGTH, "x: a\x00b"], BODY, [400]),
    "a line feed in a header": ([LENGTH, "x: a\nb"], BODY, [400]),
    "other control characters in a header": ([LENGTH, "x: a\x01\x07\x1b\x7fb"], BODY, [400]),
    "a header that goes on in the next line": ([LENGTH, "x: a\r\n b"], BODY, [400]),
    "a header without a name": ([LENGTH, ": b"], BODY, [400]),
    "a blank in a header's name": ([LENGTH, "x y: b"], BODY, [400]),
    "a blank behind a header's name": ([LENGTH, "x : b"], BODY, [400]),
    "high bytes in a header": ([LENGTH, "x: \xff\x80"], BODY, [202]),
    "many headers": ([LENGTH, *["x: y"] * (wire.MAX_HEADERS + 1)], BODY, [431]),
    "very many headers": ([LENGTH, *["x: y"] * 1000], BODY, [431]),
    "a header of a megabyte": ([LENGTH, "x: " + "y" * 1_000_000], BODY, [431]),
    "asking first": ([LENGTH, "expect: 100-continue"], BODY, [202]),
    "expecting something else": ([LENGTH, "expect: a-miracle"], BODY, [202]),
    "asking for another protocol": ([LENGTH, "connection: upgrade", "upgrade: h2c", "http2-settings: x"], BODY, [202]),
}


@pytest.mark.parametrize("name", SAID)
def test_each_kind_of_rubbish_has_its_answer(door: Door, port: int, name: str) -> None:
    lines, body, expected = SAID[name]
    assert statuses(said(port, head(door, *lines) + body)) == expected
    assert Inbox.objects.count() == expected.count(202)
    assert statuses(said(port, head(door, LENGTH) + BODY)) == [200 if 202 in expected else 202]


FIRST_LINES = {
    "POST /in/billing-webhooks HTTP/1.0": [202],
    "POST /in/billing-webhooks HTTP/0.9": [400],
    "POST /in/billing-webhooks HTTP/2.0": [400],
    "POST /in/billing-webhooks": [400],
    "POST  /in/billing-webhooks HTTP/1.1": [202],
    "POST /in/billing-webhooks?token=x HTTP/1.1": [202],
    "POST http://elsewhere/in/billing-webhooks HTTP/1.1": [202],
    "POST /in/billing%2Dwebhooks HTTP/1.1": [202],
    "POST /in/../in/billing-webhooks HTTP/1.1": [404],
    "POST /in/%00 HTTP/1.1": [404],
    "POST /in/%ff%fe HTTP/1.1": [404],
    "POST * HTTP/1.1": [404],
    "GET /in/billing-webhooks HTTP/1.1": [405],
    "HEAD /in/billing-webhooks HTTP/1.1": None,
    "PUT /in/billing-webhooks HTTP/1.1": [405],
    "DELETE /in/billing-webhooks HTTP/1.1": [405],
    "OPTIONS * HTTP/1.1": [405],
    "TRACE /in/billing-webhooks HTTP/1.1": [405],
    "BREW /in/billing-webhooks HTTP/1.1": [400],
    "post /in/billing-webhooks HTTP/1.1": [400],
}


@pytest.mark.parametrize("first", FIRST_LINES)
def test_each_first_line_has_its_answer(door: Door, port: int, first: str) -> None:
    expected = FIRST_LINES[first]
    came = said(port, head(door, LENGTH, first=first) + BODY)
    if expected is None:  # an answer without its body
        assert came.startswith(b"HTTP/1.1 405 ")
    else:
        assert statuses(came) == expected


def test_what_asks_to_connect_elsewhere_is_refused(port: int) -> None:
    assert statuses(said(port, b"CONNECT elsewhere:443 HTTP/1.1\r\nhost: x\r\n\r\n"))[0] in {400, 405}


def test_requests_in_one_piece_are_answered_in_their_order(door: Door, port: int) -> None:
    bodies = [b'{"id":"evt_%d"}' % number for number in range(50)]
    whole = b"".join(head(door, f"content-length: {len(body)}", signed=body) + body for body in bodies)
    assert statuses(said(port, whole)) == [202] * 50
    assert statuses(said(port, whole)) == [200] * 50


def test_a_body_of_a_hundred_megabytes_is_read_no_further_than_it_takes_to_say_so(door: Door, port: int) -> None:
    for start in ("POST /in/billing-webhooks HTTP/1.1", "POST /in/nobody HTTP/1.1", "GET /in/x HTTP/1.1"):
        came = said(port, head(door, "content-length: 104857600", first=start), b"x" * 1_000_000, ends=False)
        assert statuses(came)[0] in {404, 405, 413}
        assert b"connection: close" in came.lower()


# -- whatever bytes there are ---------------------------------------------------------------------------

TOKENS = [
    b"POST ", b"GET ", b"/in/billing-webhooks", b" HTTP/1.1", b" HTTP/1.0", b"\r\n", b"\r\n\r\n", b"\n", b"\r", b" ",
    b":", b"host: x\r\n", b"content-length: 2\r\n", b"content-length: 999999999\r\n",
    b"transfer-encoding: chunked\r\n",
    b"connection: close\r\n", b"connection: upgrade\r\nupgrade: websocket\r\n", b"expect: 100-continue\r\n",
    b"stripe-signature: t=1,v1=0\r\n", b"content-encoding: gzip\r\n", b"{}", b"0\r\n\r\n", b"2\r\n{}\r\n", b"\x00",
    b"\xff",
]  # fmt: skip
scraps = some.one_of(some.sampled_from(TOKENS), some.binary(max_size=20))
nearly = some.lists(some.sampled_from(TOKENS[11:20]), max_size=6).map(
    lambda lines: b"POST /in/billing-webhooks HTTP/1.1\r\n" + b"".join(lines) + b"\r\n{}"
)
bytes_said = some.lists(some.one_of(scraps, nearly), min_size=1, max_size=12)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(pieces=bytes_said)
def test_whatever_bytes_are_said_the_answers_are_foreseen(port: int, pieces: list[bytes]) -> None:
    came = said(port, b"".join(pieces))
    if b"websocket" not in b"".join(pieces):
        assert set(statuses(came)) <= FORESEEN
        assert all(body.startswith(b"{") for _, body in answers(came))
    assert b"HTTP/1.1 500" not in came
    assert Inbox.objects.count() == 0


def test_a_server_that_was_told_rubbish_serves_on(door: Door, port: int) -> None:
    for token in TOKENS:
        said(port, token * 50)
    assert statuses(said(port, head(door, LENGTH) + BODY)) == [202]
