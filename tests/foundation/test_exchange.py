"""Requests that are answered past ASGI's messages: the same answers, in order, and nothing left to the collector."""

from __future__ import annotations

import gc
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from controlplane.foundation.exchange import EXCHANGE, Exchange
from tests.foundation.web_server import answers, heard, said, serving

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def post(body: bytes, *headers: bytes) -> bytes:
    """A whole request."""
    head = [b"POST / HTTP/1.1", b"host: x", b"content-length: %d" % len(body), *headers]
    return b"\r\n".join([*head, b"", body])


class Echo:
    """Answers with the body, the short way where there is one; ``ways`` says which was there."""

    def __init__(self) -> None:
        self.ways: list[str] = []
        self.begun = threading.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        exchange: Exchange = scope["extensions"][EXCHANGE]
        body = exchange.whole_body()
        way = "at once" if body is not None else "in messages"
        if body is None:
            body = await self._received(receive)
        lines = ((b"content-length", b"%d" % len(body)),)
        answered = exchange.answer(200, lines, body)
        self.ways.append(f"{way}, {'at once' if answered else 'in messages'}")
        if not answered:
            await send({"type": "http.response.start", "status": 200, "headers": list(lines)})
            await send({"type": "http.response.body", "body": body})

    async def _received(self, receive: Any) -> bytes:
        body = b""
        while True:
            message = await receive()
            part: bytes = message["body"]
            body += part
            self.begun.set()
            if not message["more_body"]:
                return body


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
def port(echo: Echo) -> Iterator[int]:
    with serving(echo, lifespan="off") as made:
        yield made


def test_whole_requests_are_read_and_answered_at_once_in_their_order(port: int, echo: Echo) -> None:
    expected = [(200, b"%d" % number) for number in range(20)]
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"".join(post(body) for _, body in expected))
        assert answers(heard(client, len(expected))) == expected
    assert echo.ways == ["at once, at once"] * 20


def test_who_has_said_all_is_answered_and_the_connection_ends(port: int) -> None:
    assert answers(said(port, post(b"first") + post(b"last"))) == [(200, b"first"), (200, b"last")]


def test_a_body_that_is_still_coming_is_received_in_messages(port: int, echo: Echo) -> None:
    request = post(b"0123456789")
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(request[:-4])
        assert echo.begun.wait(10)
        client.sendall(request[-4:])
        answer = client.recv(65536)
    assert answers(answer) == [(200, b"0123456789")]
    assert echo.ways == ["in messages, at once"]


def test_a_connection_that_is_to_end_is_told_so(port: int, echo: Echo) -> None:
    answer = said(port, post(b"last", b"connection: close"))
    assert answers(answer) == [(200, b"last")]
    assert b"connection: close" in answer.lower()
    assert echo.ways == ["at once, in messages"]


def test_an_answered_request_leaves_nothing_to_the_collector(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(post(b"first"))
        client.recv(65536)
        gc.collect()
        gc.disable()
        try:
            for _ in range(50):
                client.sendall(post(b"more"))
                client.recv(65536)
            gc.set_debug(gc.DEBUG_SAVEALL)
            gc.collect()
            left = [one for one in gc.garbage if type(one).__module__.startswith(("uvicorn", "controlplane"))]
            assert left == []
        finally:
            gc.set_debug(0)
            gc.garbage.clear()
            gc.enable()
