"""Events to streams of Redis, without a server; ``tests/peers/test_redis_streams.py`` asks real ones."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from connectors.cloudevents import message_of
from connectors.errors import Rejected
from connectors.interface import Context
from connectors.redis_streams.connector import RedisStreams, _marker
from connectors.transport import Transport
from tests.connectors.brokers import BrokerSuite, Serve, codes, event, hangs_up, publishing, serving

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


DENIED = "auth_failed topic_denied"


class TestRedisStreams(BrokerSuite):
    connector = RedisStreams
    scheme = "redis"
    settings = {"topics": ["#"]}
    secrets = {"password": "hush-hush"}

    @staticmethod
    def takes_and_says_nothing() -> Serve:
        return to_eval(b"")

    @staticmethod
    def takes_one_and_hangs_up() -> Serve:
        return server(lambda words: hangs_up() if words[0] == b"EVAL" else b"+PONG\r\n")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"*2\r\n$3\r\n1-0\r\n:0\r\n", "receipt"),
        (b"*2\r\n$3\r\n1-0\r\n:1\r\n", "found"),
        (b"-WRONGTYPE Operation against a key\r\n", "rejected wrongtype"),
        (b"-NOPERM no\r\n", "auth_failed noperm"),
        (b"-NOPERM User monkey has no permissions to run the 'eval' command\r\n", "auth_failed noperm"),
        (b"-NOPERM this user has no permissions to access one of the keys used as arguments\r\n", DENIED),
        (b"-NOPERM No permissions to access a key\r\n", DENIED),
        (
            b"-ERR The user executing the script can't access at least one of the keys mentioned in the command\r\n",
            DENIED,
        ),
        (b"-ERR ACL failure in script: No permissions to access a key script: 1f\r\n", DENIED),
        (b"-OOM command not allowed\r\n", "transient oom"),
        (b"-ERR Error running script (call to f_1): @user_script:4: @user_script: 4: -OOM no\r\n", "transient oom"),
        (b"-ERR Error running script (call to f_1): @user_script:4: -READONLY no\r\n", "transient readonly"),
        (b"-ERR Error running script (call to f_1): @user_script:4: WRONGTYPE no\r\n", "rejected wrongtype"),
        (b"-ERR The user executing the script can't run this command\r\n", "auth_failed noperm"),
        (
            b"-ERR Error running script: @user_script:4: The user executing the script\r\n",
            "auth_failed noperm",
        ),
        (b"-ERR wrong number of arguments\r\n", "rejected err"),
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


@pytest.mark.parametrize(
    ("command", "answer", "expected"),
    [
        (b"AUTH", b"-ERR AUTH <password> called without any password configured\r\n", "auth_failed err"),
        (b"AUTH", b"-WRONGPASS invalid username-password pair\r\n", "auth_failed wrongpass"),
        (b"AUTH", b"-LOADING the dataset\r\n", "transient loading"),
        (b"SELECT", b"-ERR DB index is out of range\r\n", "transient err"),
        (b"SELECT", b"-NOPERM User ada has no permissions to run the 'select' command\r\n", "auth_failed noperm"),
    ],
)
async def test_what_is_wrong_with_the_connection_is_nothing_that_is_wrong_with_the_event(
    transport: Transport, command: bytes, answer: bytes, expected: str
) -> None:
    async with serving(server(lambda words: answer if words[0] == command else b"+PONG\r\n")) as port:
        redis = publishing(RedisStreams, f"redis://127.0.0.1:{port}/12", transport, password="pw")
        (result,) = await redis.write([event("orders")])
    assert codes([result]) == [expected]
    assert getattr(result, "calls", None) == 0


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


def test_for_how_long_ids_are_remembered_is_a_setting_of_the_instance() -> None:
    assert RedisStreams.operation_for("publish", {"key_lifetime": 60}).key_lifetime == 60.0
    assert RedisStreams.operation_for("publish", {}) == RedisStreams.operation("publish")
    with pytest.raises(Rejected, match="key_lifetime must be a whole number above zero"):
        RedisStreams.operation_for("publish", {"key_lifetime": "day"})


@pytest.mark.parametrize(
    ("stream", "expected"),
    [("orders", "interlock:{orders}:orders:step-1.r1"), ("{eu}:orders", "interlock:{eu}:{eu}:orders:step-1.r1")],
)
def test_the_id_is_remembered_on_the_streams_own_node(stream: str, expected: str) -> None:
    assert _marker(message_of(event(stream), {"topics": ["#"]})) == expected
