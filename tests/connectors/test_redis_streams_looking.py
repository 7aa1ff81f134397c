"""Looking for events that Redis remembers no longer, and how much a server may say; without a server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import pytest

from connectors.errors import ContractBroken
from connectors.redis_streams.connector import RedisStreams
from connectors.redis_streams.session import Session
from connectors.streams import open_stream
from connectors.transport import Transport
from tests.connectors.brokers import Serve, codes, event, publishing, serving
from tests.connectors.test_redis_streams import server

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

APPENDED = b"*2\r\n$3\r\n1-0\r\n:0\r\n"


def bulks(*words: bytes) -> bytes:
    return b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in words)


def keeping(look: Callable[[Sequence[bytes]], bytes], heard: list[str]) -> Serve:
    """A server that appends whatever comes, and answers a look (stream, where to begin, ids) as told."""

    def answered(words: list[bytes]) -> bytes:
        if words[0] != b"EVAL":
            return b"+PONG\r\n"
        if b"XADD" in words[1]:
            heard.append(f"append {words[3].decode()} {words[8].decode()}")
            return APPENDED
        heard.append(f"look {words[3].decode()} {words[4].decode()}")
        return look([words[3], words[4], *words[6:]])

    return server(answered)


async def written(look: Callable[[Sequence[bytes]], bytes], heard: list[str], transport: Transport) -> list[str]:
    """Two that are looked for in ``a``, one that comes behind them there, and one for ``b``."""
    events = [event("a", key=key, takeover=True, key_expired=True) for key in ("k1", "k2")]
    async with serving(keeping(look, heard)) as port:
        redis = publishing(RedisStreams, f"redis://127.0.0.1:{port}/0", transport)
        return codes(await redis.write([*events, event("a", key="k3"), event("b", key="k4")]))


async def test_a_stream_is_looked_through_once_for_all_that_are_looked_for_in_it(transport: Transport) -> None:
    heard: list[str] = []

    def look(asked: Sequence[bytes]) -> bytes:
        assert asked[2:] == ([b"k1", b"k2"] if asked[1] == b"+" else [b"k2"])
        if asked[1] == b"+":
            return b"*4\r\n:20\r\n" + bulks(b"9-0", b"k1", b"9-7")
        return b"*2\r\n:3\r\n" + bulks(b"1-0")

    assert await written(look, heard, transport) == ["found", "receipt", "receipt", "receipt"]
    assert heard == ["append b k4", "look a +", "look a (9-0", "append a k2", "append a k3"]


async def test_a_look_ends_after_a_thousand_entries(transport: Transport) -> None:
    heard: list[str] = []
    results = await written(lambda _: b"*2\r\n:20\r\n" + bulks(b"9-0"), heard, transport)
    assert results == ["rejected key_expired", "rejected key_expired", "receipt", "receipt"]
    assert len([line for line in heard if line.startswith("look")]) == 50


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (b"-WRONGTYPE no\r\n", "rejected wrongtype"),
        (b"-LOADING soon\r\n", "transient loading"),
        (b"-NOPERM no\r\n", "auth_failed noperm"),
        (b"*0\r\n", "contract_broken"),
    ],
)
async def test_a_look_that_fails_costs_only_what_was_looked_for(
    transport: Transport, told: bytes, expected: str
) -> None:
    assert await written(lambda _: told, [], transport) == [expected, expected, "receipt", "receipt"]


@pytest.mark.parametrize(
    ("greeting", "expected"),
    [
        (b"-ERR max number of clients reached\r\n", "transient err"),
        (b"-DENIED protected mode\r\n", "transient denied"),
        (b"-ERR operation not permitted\r\n", "auth_failed err"),
        (b"-NOAUTH Authentication required.\r\n", "auth_failed noauth"),
        (b"-LOADING soon\r\n", "transient loading"),
    ],
)
async def test_a_greeting_that_refuses_everybody_rejects_no_event(
    transport: Transport, greeting: bytes, expected: str
) -> None:
    async with serving(server(lambda _: greeting)) as port:
        redis = publishing(RedisStreams, f"redis://127.0.0.1:{port}/0", transport)
        assert codes(await redis.write([event("a"), event("b")])) == [expected] * 2


@pytest.mark.parametrize(
    "said",
    [
        b"*4\r\n" + b"$300000\r\n" + b"x" * 300_000 + b"\r\n",
        b"*16000\r\n*16000\r\n",
        b"*99999999\r\n",
        b"$99999999\r\n",
    ],
    ids=["four large parts", "many parts of many parts", "a long list", "one large part"],
)
async def test_an_answer_of_a_server_takes_up_no_more_than_a_mebibyte(transport: Transport, said: bytes) -> None:
    async def endless(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        while True:
            writer.write(said.partition(b"\r\n")[2])
            await writer.drain()
            await asyncio.sleep(0)

    async with serving(endless) as port:
        service = transport.guard.check_service(f"redis://127.0.0.1:{port}", {"redis": 6379})
        stream = await open_stream(service, transport.guard, (6379,))
        with pytest.raises(ContractBroken, match="larger than anything that it was asked for"):
            await Session(stream).answer()
        await stream.close()
