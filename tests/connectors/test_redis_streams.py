"""Events to streams of Redis, without a server; ``tests/peers/test_redis_streams.py`` asks real ones."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from connectors.cloudevents import message_of
from connectors.interface import Context
from connectors.redis_streams.connector import RedisStreams, _marker
from connectors.transport import Transport
from tests.connectors.brokers import BrokerSuite, Serve, codes, event, publishing, serving

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def server(answers: Callable[[list[bytes]], bytes]) -> Serve:
    """A server that answers each command as told."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            words = []
            for _ in range(int(line[1:])):
                size = int((await reader.readline())[1:])
                words.append((await reader.readexactly(size + 2))[:-2])
            writer.write(answers(words))

    return serve


def to_eval(answer: bytes) -> Serve:
    return server(lambda words: answer if words[0] == b"EVAL" else b"+PONG\r\n")


class TestRedisStreams(BrokerSuite):
    connector = RedisStreams
    scheme = "redis"
    settings = {"topics": ["#"]}
    secrets = {"password": "hush-hush"}

    @staticmethod
    def takes_and_says_nothing() -> Serve:
        return to_eval(b"")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"*2\r\n$3\r\n1-0\r\n:0\r\n", "receipt"),
        (b"*2\r\n$3\r\n1-0\r\n:1\r\n", "found"),
        (b"-WRONGTYPE Operation against a key\r\n", "rejected wrongtype"),
        (b"-NOPERM no\r\n", "auth_failed noperm"),
        (b"-OOM command not allowed\r\n", "transient oom"),
        (b"-MOVED 1 10.0.0.1:6379\r\n", "refused"),
        (b"*0\r\n", "outcome_unknown"),
        (b"$-1\r\n", "outcome_unknown"),
        (b"*99999999\r\n", "outcome_unknown"),
        (b"*1\r\n" * 20, "outcome_unknown"),
        (b"$99999999\r\n", "outcome_unknown"),
        (b"!junk\r\n", "outcome_unknown"),
        (b":x\r\n", "outcome_unknown"),
    ],
)
async def test_an_answer_says_what_became_of_the_event(transport: Transport, answer: bytes, expected: str) -> None:
    async with serving(to_eval(answer)) as port:
        redis = publishing(RedisStreams, f"redis://127.0.0.1:{port}/0", transport)
        assert codes(await redis.write([event("orders")])) == [expected]


async def test_nothing_of_a_users_is_sent_before_the_server_has_spoken_its_protocol(transport: Transport) -> None:
    heard: list[bytes] = []

    async def mail(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        heard.append(await reader.read(65_536))

    async with serving(mail) as port:
        redis = publishing(RedisStreams, f"redis://127.0.0.1:{port}/0", transport, password="pw")
        assert codes(await redis.write([event("orders")])) == ["contract_broken"]
    assert heard == [b"*1\r\n$4\r\nPING\r\n"]


@pytest.mark.parametrize(
    ("user", "expected"), [("", [b"AUTH", b"pw"]), ("ada", [b"AUTH", b"ada", b"pw"])], ids=["password alone", "ACL"]
)
async def test_it_signs_in_and_chooses_the_database(transport: Transport, user: str, expected: list[bytes]) -> None:
    heard: list[list[bytes]] = []

    def answer(words: list[bytes]) -> bytes:
        heard.append(words)
        return b"-NOAUTH Authentication required.\r\n" if words == [b"PING"] else b"+OK\r\n"

    async with serving(server(answer)) as port:
        url = f"redis://127.0.0.1:{port}/12"
        health = await publishing(RedisStreams, url, transport, user=user, password="pw").check()
    assert health.ok is True
    assert heard == [[b"PING"], expected, [b"SELECT", b"12"], [b"INFO", b"server"]]


async def test_a_broker_that_may_not_be_written_to_can_be_reached_all_the_same(transport: Transport) -> None:
    async with serving(server(lambda _: b"+PONG\r\n")) as port:
        context = Context(f"redis://127.0.0.1:{port}", transport, {}, {}, deadline=2.0)
        health = await RedisStreams(context).check()
        broken = await RedisStreams(replace(context, settings={"topics": "orders"})).check()
    assert (health.ok, health.detail) == (True, "reachable, and the credential is taken; no topic may be written to")
    assert broken.ok is False


@pytest.mark.parametrize("settings", [{"max_length": 0}, {"max_length": "9"}, {"key_lifetime": True}])
async def test_settings_that_do_not_fit_are_rejected_before_anything_is_sent(
    transport: Transport, settings: dict[str, object]
) -> None:
    redis = publishing(RedisStreams, "redis://127.0.0.1:1", transport, **settings)
    assert codes(await redis.write([event("orders")])) == ["rejected"]


@pytest.mark.parametrize(
    ("stream", "expected"),
    [("orders", "interlock:{orders}:orders:step-1.r1"), ("{eu}:orders", "interlock:{eu}:{eu}:orders:step-1.r1")],
)
def test_the_id_is_remembered_on_the_streams_own_node(stream: str, expected: str) -> None:
    assert _marker(message_of(event(stream), {"topics": ["#"]})) == expected
