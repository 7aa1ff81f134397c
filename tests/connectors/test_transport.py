"""What a connector gets from the door: what it sends is what arrives, and every status is an answer."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import pytest
from aiohttp import web

from connectors.errors import ContractBroken, Refused, Transient
from connectors.transport import Guard, Response, Transport
from tests.connectors.stub import Stub

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


# -- what is sent and what comes back ----------------------------------------------------------------


async def test_a_json_body_is_sent_and_the_answer_read(stub: Stub, transport: Transport) -> None:
    stub.answer("/parties", status=201, json={"id": 7}, headers={"X-Request-Id": "r1"})
    answer = await transport.request("post", f"{stub.url}/parties?dry=1", json={"name": "Ada"}, headers={"X-Key": "k"})
    assert (answer.status, answer.json(), answer.text()) == (201, {"id": 7}, '{"id":7}')
    assert answer.headers["x-request-id"] == "r1"
    assert answer.url == f"{stub.url}/parties?dry=1"
    assert 0 < answer.elapsed < 5
    (got,) = stub.received
    assert (got.method, got.path, got.query, got.json()) == ("POST", "/parties", "dry=1", {"name": "Ada"})
    assert got.headers["content-type"] == "application/json"
    assert got.headers["x-key"] == "k"
    assert got.headers["user-agent"] == "Interlock/0.1.0"


@pytest.mark.parametrize(
    ("parts", "body", "kind"),
    [
        ({"content": b"\x00raw"}, b"\x00raw", "application/octet-stream"),
        ({"content": "größe"}, "größe".encode(), "application/octet-stream"),
        ({"form": {"a": "1 2", "b": "ü"}}, b"a=1+2&b=%C3%BC", "application/x-www-form-urlencoded"),
        (
            {"form": [("items[]", "1"), ("items[]", "2")]},
            b"items%5B%5D=1&items%5B%5D=2",
            "application/x-www-form-urlencoded",
        ),
        ({"json": []}, b"[]", "application/json"),
        (
            {"json": 0, "headers": {"Content-Type": "application/cloudevents+json"}},
            b"0",
            "application/cloudevents+json",
        ),
    ],
)
async def test_each_kind_of_body(
    stub: Stub, transport: Transport, parts: dict[str, Any], body: bytes, kind: str
) -> None:
    stub.answer("/")
    await transport.request("POST", f"{stub.url}/", **parts)
    assert stub.received[0].body == body
    assert stub.received[0].headers["content-type"] == kind


async def test_two_bodies_are_a_mistake_of_the_caller(transport: Transport) -> None:
    with pytest.raises(TypeError, match="one of json, content and form"):
        await transport.request("POST", "http://127.0.0.1/", json={}, content=b"")


async def test_a_body_that_json_cannot_hold_is_refused(transport: Transport) -> None:
    with pytest.raises(Refused, match="cannot be written as JSON"):
        await transport.request("POST", "http://127.0.0.1/", json={"amount": 2**70})


@pytest.mark.parametrize("status", [200, 204, 301, 304, 404, 429, 500, 503])
async def test_every_status_is_an_answer(stub: Stub, transport: Transport, status: int) -> None:
    stub.answer("/", status=status)
    assert (await transport.request("GET", f"{stub.url}/")).status == status


async def test_repeated_headers_are_joined(stub: Stub, transport: Transport) -> None:
    async def reply(_: web.Request) -> web.Response:
        response = web.Response()
        response.headers.add("Link", "<a>")
        response.headers.add("Link", "<b>")
        return response

    stub.behave("/", reply)
    assert (await transport.request("GET", f"{stub.url}/")).headers["link"] == "<a>, <b>"


async def test_cookies_are_not_kept(stub: Stub, transport: Transport) -> None:
    stub.answer("/", headers={"Set-Cookie": "session=abc; Path=/"})
    await transport.request("GET", f"{stub.url}/")
    await transport.request("GET", f"{stub.url}/")
    assert "cookie" not in stub.received[1].headers


async def test_a_proxy_in_the_environment_is_not_used(
    stub: Stub, transport: Transport, dead_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, dead_url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    stub.answer("/", body=b"direct")
    assert (await transport.request("GET", f"{stub.url}/")).body == b"direct"


async def test_a_connection_is_kept_and_used_again(stub: Stub, transport: Transport) -> None:
    peers = []

    async def reply(request: web.Request) -> web.Response:
        assert request.transport is not None
        peers.append(request.transport.get_extra_info("peername"))
        return web.Response(body=b"x")

    stub.behave("/", reply)
    for _ in range(3):
        await transport.request("POST", f"{stub.url}/", content=b"x")
    assert len(peers) == 3
    assert len(set(peers)) == 1


async def test_json_that_is_none_breaks_the_contract(stub: Stub, transport: Transport) -> None:
    stub.answer("/", body=b"<html>busy</html>", headers={"content-type": "text/html"})
    answer = await transport.request("GET", f"{stub.url}/")
    with pytest.raises(ContractBroken, match=r"not JSON \(status 200, text/html\)") as broken:
        answer.json()
    assert broken.value.body == b"<html>busy</html>"


@pytest.mark.parametrize("body", [b"NaN", b'{"a": NaN}', b"Infinity", b"", b"{", b"\xff"])
def test_what_python_would_take_for_json_but_is_none(body: bytes) -> None:
    with pytest.raises(ContractBroken):
        Response(200, {}, body, "http://127.0.0.1/", 0.0).json()


def test_a_response_shows_neither_address_nor_body() -> None:
    shown = repr(Response(200, {}, b"private", "http://127.0.0.1/hook?token=hidden", 0.1))
    assert "hidden" not in shown
    assert "private" not in shown


# -- what the caller may not say ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Bad": "a\r\nX-Injected: 1"},
        {"X-Bad": "a\nb"},
        {"X-Bad": "a\x00b"},
        {"X Bad": "a"},
        {"X-Bad\r\n": "a"},
        {"": "a"},
        {"Host": "127.0.0.1"},
        {"host": "internal"},
        {"Content-Length": "0"},
        {"Transfer-Encoding": "chunked"},
        {"Connection": "upgrade"},
        {"Proxy-Authorization": "Basic x"},
    ],
)
async def test_headers_that_could_redirect_a_request_are_refused(transport: Transport, headers: dict[str, str]) -> None:
    with pytest.raises(Refused) as refusal:
        await transport.request("POST", "http://127.0.0.1/", headers=headers)
    assert "injected" not in refusal.value.reason.lower()


@pytest.mark.parametrize("method", ["CONNECT", "TRACE", "GET / HTTP/1.1\r\nHost: x", "", "BREW"])
async def test_methods_that_no_connector_needs_are_refused(transport: Transport, method: str) -> None:
    with pytest.raises(Refused, match="method"):
        await transport.request(method, "http://127.0.0.1/")


# -- opening and closing ---------------------------------------------------------------------------------


def test_a_transport_belongs_to_one_event_loop() -> None:
    door = Transport(Guard(("127.0.0.0/8",)))

    async def ask(*, close: bool) -> None:
        with contextlib.suppress(Transient):
            await door.request("GET", "http://127.0.0.1:8/")
        if close:
            await door.aclose()

    with asyncio.Runner() as first, asyncio.Runner() as second:
        first.run(ask(close=False))
        with pytest.raises(RuntimeError, match="belongs to the event loop"):
            second.run(ask(close=False))
        first.run(ask(close=True))
        second.run(ask(close=True))


async def test_a_closed_transport_opens_again_for_the_next_request(stub: Stub) -> None:
    stub.answer("/", body=b"x")
    door = Transport(Guard(("127.0.0.0/8",)))
    assert (await door.request("GET", f"{stub.url}/")).body == b"x"
    await door.aclose()
    await door.aclose()
    assert (await door.request("GET", f"{stub.url}/")).body == b"x"
    await door.aclose()
