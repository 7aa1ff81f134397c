"""The short way through the ingress: whatever is sent, it says and keeps what the long way does."""

from __future__ import annotations

import asyncio
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from controlplane.asgi import Application
from controlplane.foundation import collector
from controlplane.foundation.exchange import Exchange
from controlplane.transactions.ingress import batches, shortly
from controlplane.transactions.ingress.wire import exchange_of
from controlplane.transactions.models import Inbox, Payload, PayloadKind, Repeat
from tests.foundation.web_server import answers, heard, serving
from tests.transactions.ingress.conftest import Opens
from tests.transactions.ingress.door import Door

pytestmark = pytest.mark.django_db(transaction=True)

LIMIT = 1000
ID = re.compile(rb"[0-9a-f]{8}-[0-9a-f-]{27}")


def until(asks: Callable[[], bool], seconds: float = 10) -> None:
    """Ask again and again until it is so."""
    end, pause = time.monotonic() + seconds, threading.Event()
    while not asks():
        assert time.monotonic() < end
        pause.wait(0.005)


class Held:
    """Whether a commit was begun, and whether it may go on."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.may_go_on = threading.Event()


def resets(client: socket.socket) -> None:
    """Closing it then means a reset: nothing is waited for."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def defects(caplog: pytest.LogCaptureFixture) -> int:
    """How many defects were logged."""
    return sum(isinstance(one.msg, dict) and one.msg["event"] == "ingress.defect" for one in caplog.records)


class Way:
    """One server; ``taken`` counts what went the short way."""

    def __init__(self, door: Door, *, short: bool) -> None:
        self.application = Application(alone=True)
        self.door, self.name = door, "short" if short else "long"
        self.taken = 0
        self.exchange: Exchange | None = None
        if not short:
            self.application.at_once = lambda scope: False  # type: ignore[method-assign]  # noqa: ARG005

    def count(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Count what the short way takes of this server."""
        take = self.application.ingress.at_once

        def counted(scope: Any) -> bool:
            taken = take(scope)
            self.taken, self.exchange = self.taken + taken, exchange_of(scope)
            return taken

        monkeypatch.setattr(self.application.ingress, "at_once", counted)

    def request(self, body: bytes, *lines: str, **signing: Any) -> bytes:
        """A whole signed request; ``%way`` in the body makes it this server's own."""
        body = body.replace(b"%way", self.name.encode())
        signed = [f"{name}: {value}" for name, value in self.door.signed(body, **signing).items()]
        head = [f"POST /in/{self.door.slug} HTTP/1.1", "host: x", *signed, f"content-length: {len(body)}", *lines]
        return "\r\n".join([*head, "", ""]).encode("latin-1") + body

    def says(self, port: int, number: int, *pieces: bytes) -> list[tuple[int, bytes]]:
        """Statuses and bodies of so many answers, with ids left out; our half stays open until then."""
        with socket.create_connection(("127.0.0.1", port)) as client:
            for piece in pieces:
                client.sendall(piece)
            return [(status, ID.sub(b"ID", body)) for status, body in answers(heard(client, number))]


Both = tuple[tuple[Way, int], tuple[Way, int]]


@pytest.fixture
def door(opens: Opens) -> Door:
    return opens(event_id="event.id", max_body=LIMIT)


@pytest.fixture
def ways(door: Door, monkeypatch: pytest.MonkeyPatch) -> Iterator[Both]:
    """Both, each with its port."""
    monkeypatch.setattr(collector, "settle", lambda: None)
    short, long = Way(door, short=True), Way(door, short=False)
    short.count(monkeypatch)
    with ExitStack() as stack:
        ports = [stack.enter_context(serving(way.application, lifespan="on")) for way in (short, long)]
        for way, port in ((short, ports[0]), (long, ports[1])):  # keys and endpoints are known from then on
            assert way.says(port, 1, way.request(b'{"id":"first-%way"}')) == [(202, b'{"id":"ID","status":"accepted"}')]
        short.taken = 0
        yield (short, ports[0]), (long, ports[1])


BODY = b'{"id":"evt-%way"}'


@pytest.mark.parametrize(
    ("pieces", "expected", "taken"),
    [
        (lambda way: [way.request(BODY)], [202], 1),
        (lambda way: [way.request(BODY) + way.request(BODY)], [202, 200], 2),
        (lambda way: [way.request(BODY) + way.request(b'{"id":"evt-%way","other":1}')], [202, 200], 2),
        (lambda way: [way.request(BODY, secret="whsec_of-somebody-else") + way.request(BODY)], [401, 202], 2),
        (lambda way: [way.request(BODY, age=3600)], [401], 1),
        (lambda way: [way.request(b"no json %way")], [202], 1),
        (lambda way: [way.request(BODY, "content-encoding: identity")], [202], 0),
        (lambda way: [way.request(b'{"id":"%way"' + b" " * LIMIT + b"}")], [413], 0),
        (lambda way: [way.request(BODY, "connection: close")], [202], 0),
        (lambda way: [way.request(BODY, "content-encoding: gzip")], [415], 0),
        (lambda way: [way.request(BODY, *(f"x-{n}: 1" for n in range(210)))], [431], 0),
    ],
    ids=[
        "good", "repeated", "another body", "somebody else's key", "long ago", "no json", "as it is", "too large",
        "the last one", "packed", "many headers",
    ],
)  # fmt: skip
def test_both_ways_say_the_same(ways: Both, pieces: Any, expected: list[int], taken: int) -> None:
    short, long = (way.says(port, len(expected), *pieces(way)) for way, port in ways)
    assert short == long
    assert [status for status, _ in short] == expected
    assert [way.taken for way, _ in ways] == [taken, 0]
    assert [way.application.ingress.room.taken for way, _ in ways] == [0, 0]


def test_what_is_kept_is_the_same(ways: Both) -> None:
    for way, port in ways:
        way.says(port, 3, way.request(BODY) + way.request(BODY) + way.request(b'{"id":"evt-%way","other":1}'))
    kept = {way.name: list(_kept(way.name)) for way, _ in ways}
    assert kept["short"] == kept["long"]
    assert [kind for kind, *_ in kept["short"]] == [PayloadKind.RECEIVED, PayloadKind.CONFLICT]
    assert Inbox.objects.count() == 4
    assert sorted(Repeat.objects.values_list("kind", flat=True)) == [0, 0, 1, 1]


def _kept(name: str) -> Iterator[tuple[int, bytes, dict[str, str]]]:
    for one in Payload.objects.order_by("kind"):
        if (body := bytes(one.body)).startswith(f'{{"id":"evt-{name}"'.encode()):
            yield one.kind, body.replace(name.encode(), b"%way"), one.headers


def test_a_body_that_is_still_coming_goes_the_long_way(ways: Both) -> None:
    (way, port), _ = ways
    request = way.request(BODY)
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(request[:-3])
        until(lambda: bool(way.application.ingress.bodies._until))  # somebody waits for the rest
        client.sendall(request[-3:])
        assert [status for status, _ in answers(heard(client, 1))] == [202]
    assert way.taken == 0


def test_whoever_sends_thousands_of_requests_that_are_refused_at_once_gets_all_the_answers(ways: Both) -> None:
    (way, port), _ = ways
    unbelieved = way.request(BODY, secret="whsec_of-somebody-else")
    assert (
        way.says(port, 3000, unbelieved * 3000) == [(401, answer) for _, answer in way.says(port, 1, unbelieved)] * 3000
    )
    assert way.says(port, 1, way.request(BODY)) == [(202, b'{"id":"ID","status":"accepted"}')]


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    """Commits are begun and wait, until they are let."""
    held, store = Held(), batches._store

    async def held_up(*arguments: Any) -> Any:
        held.asked.set()
        await asyncio.to_thread(held.may_go_on.wait, 10)
        return await store(*arguments)

    monkeypatch.setattr(batches, "_store", held_up)
    return held


def test_a_sender_that_closes_its_half_before_the_commit_is_told_all_the_same(ways: Both, held: Held) -> None:
    (way, port), _ = ways
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(way.request(BODY))
        assert held.asked.wait(10)
        client.shutdown(socket.SHUT_WR)
        until(lambda: way.exchange is not None and way.exchange.arrived is None)  # the server has heard of it
        held.may_go_on.set()
        raw = heard(client, 1)
    assert [status for status, _ in answers(raw)] == [202]
    assert b"connection: close" in raw.lower()
    assert (way.taken, way.application.ingress.room.taken) == (1, 0)


def test_senders_that_hang_up_on_what_they_asked_for_hold_up_nobody(
    ways: Both, held: Held, caplog: pytest.LogCaptureFixture
) -> None:
    (way, port), _ = ways
    for _ in range(batches.WRITERS + 1):
        held.asked.clear()
        held.may_go_on.clear()
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(way.request(BODY) * 2)
            assert held.asked.wait(10)
            resets(client)
        until(lambda: way.exchange is not None and way.exchange.arrived is None)  # the server has heard of it
        held.may_go_on.set()
    assert [status for status, _ in way.says(port, 1, way.request(b'{"id":"later-%way"}'))] == [202]
    assert defects(caplog) == 0


def test_one_that_cannot_be_told_costs_nobody_in_its_batch_their_answer(
    ways: Both, held: Held, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (way, port), _ = ways
    waiting, answer, tried = way.application.ingress.batches, Exchange.answer, []

    def breaks_for_the_second(exchange: Exchange, *said: Any) -> bool:
        tried.append(said)
        if len(tried) == 2:
            raise RuntimeError
        return answer(exchange, *said)

    monkeypatch.setattr(Exchange, "answer", breaks_for_the_second)
    first, lost, last = (socket.create_connection(("127.0.0.1", port)) for _ in range(3))
    with first, lost, last:
        first.sendall(way.request(b'{"id":"first one"}'))
        assert held.asked.wait(10)
        for number, client in enumerate((lost, last), 1):
            client.sendall(way.request(b'{"id":"number %d"}' % number))
            until(lambda: waiting.waiting == number)  # noqa: B023 - called at once
        held.may_go_on.set()
        assert [answers(heard(client, 1))[0][0] for client in (first, last)] == [202, 202]
        resets(lost)  # a server waits for what it has begun, also when it stops
    assert defects(caplog) == 1


def test_a_head_is_answered_without_a_body(ways: Both) -> None:
    for way, port in ways:
        asked = f"HEAD /in/{way.door.slug} HTTP/1.1\r\nhost: x\r\n\r\n".encode()
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(asked + way.request(BODY))
            head, _, rest = heard(client, 2).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 405")
        assert [status for status, _ in answers(rest)] == [202]


def test_a_defect_is_ours_and_the_sender_tries_again(ways: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    (way, port), _ = ways
    monkeypatch.setattr(shortly, "request_of", lambda *_: 1 // 0)
    assert [status for status, _ in way.says(port, 1, way.request(BODY))] == [503]
    assert way.application.ingress.room.taken == 0
