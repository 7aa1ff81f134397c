"""Events to NATS JetStream, as far as that can be said without one; ``tests/peers/test_nats.py`` asks a real broker."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from connectors.nats.connector import Nats
from connectors.transport import Transport
from tests.connectors.brokers import BrokerSuite, Serve, codes, event, hangs_up, publishing, serving

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

INFO = {"version": "9.9", "headers": True, "max_payload": 1000, "connect_urls": ["10.0.0.1:4222"]}


def broker(on_publish: Callable[[str, str, bytes], bytes], heard: list[bytes] | None = None, **info: Any) -> Serve:
    """A broker that lets everybody in and answers a message to a subject, with a reply address, as told."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"INFO " + orjson.dumps({**INFO, **info}) + b"\r\n")
        while line := await reader.readline():
            if heard is not None:
                heard.append(line)
            words = line.decode().split()
            if words[0] == "PING":
                writer.write(b"PONG\r\n")
            if words[0] in {"HPUB", "PUB"}:
                content = await reader.readexactly(int(words[-1]) + 2)
                writer.write(on_publish(words[1], words[2], content[:-2]))

    return serve


def answer(reply: str, document: object) -> bytes:
    body = orjson.dumps(document)
    return f"MSG {reply} 1 {len(body)}\r\n".encode() + body + b"\r\n"


class TestNats(BrokerSuite):
    connector = Nats
    scheme = "nats"
    settings = {"user": "interlock", "topics": ["#"]}
    secrets = {"password": "hush-hush", "token": "t0k3n-t0k3n"}
    samples = {"publish": {"topic": "orders.paid", "type": "order.paid", "data": None}}

    @staticmethod
    def takes_and_says_nothing() -> Serve:
        return broker(lambda *_: b"")

    @staticmethod
    def takes_one_and_hangs_up() -> Serve:
        return broker(hangs_up, max_payload=8_000_000)


def refusing(code: int, number: int) -> Callable[[str, str, bytes], bytes]:
    return lambda _, reply, __: answer(reply, {"error": {"code": code, "err_code": number, "description": "no"}})


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (lambda _, reply, __: answer(reply, {"stream": "S", "seq": 7}), "receipt"),
        (lambda _, reply, __: answer(reply, {"stream": "S", "seq": 7, "duplicate": True}), "found"),
        (lambda _, reply, __: f"HMSG {reply} 1 16 16\r\nNATS/1.0 503\r\n\r\n\r\n".encode(), "rejected unroutable"),
        (refusing(503, 10077), "transient 10077"),
        (refusing(400, 10054), "rejected 10054"),
        (refusing(409, 10158), "outcome_unknown 10158"),
        (refusing(409, 10071), "rejected 10071"),
        (refusing(429, 10167), "rate_limited 10167"),
        (refusing(408, 10008), "transient 10008"),
        (lambda _, reply, __: answer(reply, []), "outcome_unknown"),
        (lambda _, reply, __: answer(reply, {"seq": "7"}), "outcome_unknown"),
        (lambda *_: b"-ERR 'Permissions Violation for Publish to \"orders.paid\"'\r\n", "auth_failed topic_denied"),
        (lambda *_: b"-ERR 'Maximum Payload Violation'\r\n", "outcome_unknown"),
        (lambda *_: b"-ERR 'Authorization Violation'\r\n", "outcome_unknown"),
        (lambda _, reply, __: f"MSG {reply} 1 x\r\n".encode(), "outcome_unknown"),
        (lambda _, reply, __: f"MSG {reply} 1 99999999999\r\n".encode(), "outcome_unknown"),
        (lambda *_: b"HELLO\r\n", "outcome_unknown"),
    ],
)
async def test_an_answer_says_what_became_of_the_message(
    transport: Transport, told: Callable[[str, str, bytes], bytes], expected: str
) -> None:
    async with serving(broker(told)) as port:
        nats = publishing(Nats, f"nats://127.0.0.1:{port}", transport)
        assert codes(await nats.write([event("orders.paid")])) == [expected]


async def test_answers_may_come_in_any_order(transport: Transport) -> None:
    kept: list[bytes] = []

    def last_first(_: str, reply: str, __: bytes) -> bytes:
        kept.append(answer(reply, {"stream": "S", "seq": len(kept) + 1}))
        return b"".join(reversed(kept)) if len(kept) == 2 else b""

    async with serving(broker(last_first)) as port:
        nats = publishing(Nats, f"nats://127.0.0.1:{port}", transport)
        results = await nats.write([event("orders.paid", key="a"), event("orders.paid", key="b")])
    assert [getattr(result, "external_id", "") for result in results] == ["S/1", "S/2"]


@pytest.mark.parametrize(
    "subject",
    ["$JS.API.STREAM.DELETE.orders", "_INBOX.x", "orders.*", "orders.>", "orders..paid", ".orders", "orders."],
)
async def test_a_subject_of_the_brokers_own_or_with_wildcards_is_refused_whatever_is_allowed(
    transport: Transport, subject: str
) -> None:
    nats = publishing(Nats, "nats://127.0.0.1:1", transport)
    assert codes(await nats.write([event(subject)])) == ["refused"]


async def test_a_message_that_is_too_large_is_rejected_and_the_others_go(transport: Transport) -> None:
    async with serving(broker(lambda _, reply, __: answer(reply, {"stream": "S", "seq": 1}))) as port:
        nats = publishing(Nats, f"nats://127.0.0.1:{port}", transport)
        assert codes(await nats.write([event("a", data="x" * 1000), event("a")])) == ["rejected", "receipt"]


async def test_a_token_goes_before_a_user(transport: Transport) -> None:
    heard: list[bytes] = []
    async with serving(broker(lambda *_: b"", heard)) as port:
        await publishing(Nats, f"nats://127.0.0.1:{port}", transport, user="ada", token="t0k3n").check()
    options = orjson.loads(heard[0].removeprefix(b"CONNECT "))
    assert (options["auth_token"], options.get("user"), options["no_responders"]) == ("t0k3n", None, True)


@pytest.mark.parametrize(
    ("scheme", "info", "words"),
    [
        ("tls", {}, "the broker offers no TLS, and the address asks for it"),
        ("nats", {"tls_required": True}, "the broker asks for TLS: write the address with tls://"),
    ],
)
async def test_encryption_is_never_given_up_in_silence(
    transport: Transport, scheme: str, info: dict[str, Any], words: str
) -> None:
    async with serving(broker(lambda *_: b"", **info)) as port:
        health = await publishing(Nats, f"{scheme}://127.0.0.1:{port}", transport).check()
    assert (health.ok, health.detail) == (False, words)
