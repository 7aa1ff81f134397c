"""The door against servers that mean no good: bounded time, bounded memory, and a stated outcome, whatever they do."""

from __future__ import annotations

import asyncio
import contextlib
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from connectors.errors import ConnectorError, ContractBroken, OutcomeUnknown, Transient
from connectors.transport import Guard, Limits, Transport
from tests.connectors.hostile import (
    CHUNKED,
    GIGABYTE,
    OK,
    PIECE,
    Serve,
    bomb,
    chunk,
    dribbles,
    encoded,
    for_ever,
    hostile,
    nested,
    pours,
    says,
)

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

DEADLINE = 0.6
LIMITS = Limits(deadline=DEADLINE, response_bytes=100_000)
#: What is slow only because a gigabyte goes through is given longer; the cap ends it, not the deadline.
ROOMY = Limits(deadline=20.0, response_bytes=100_000)
MOST_MEMORY = 16_000_000

#: What never ends, or not in time: a read may be tried again, nobody knows of a write.
ENDLESS: dict[str, Callable[[], Serve]] = {
    "a status line that is dribbled": lambda: dribbles(b"HTTP/1.1 200 ", b"O"),
    "headers that are dribbled": lambda: dribbles(OK, b"x: y\r\n"),
    "a header value that is dribbled": lambda: dribbles(OK + b"x: ", b"y"),
    "a body that is dribbled": lambda: dribbles(OK + b"content-length: 90000\r\n\r\n", b"x"),
    "chunks that are dribbled": lambda: dribbles(CHUNKED + b"\r\n", chunk(b"x")),
    "a chunk size that is dribbled": lambda: dribbles(CHUNKED + b"\r\n", b"0"),
    "a chunk extension for ever": lambda: pours(CHUNKED + b"\r\n1;x=", for_ever(b"y" * PIECE)),
    "trailers that are dribbled": lambda: dribbles(CHUNKED + b"\r\n0\r\n", b"x: y\r\n"),
    "100 Continue for ever": lambda: dribbles(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "103 Early Hints for ever": lambda: dribbles(b"", b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n"),
    "packed nothing for ever": lambda: dribbles(OK + b"content-encoding: gzip\r\n\r\n", b""),
}
#: More than anybody asked for.
TOO_LARGE: dict[str, Callable[[], Serve]] = {
    "ten gigabytes, announced": lambda: pours(
        OK + b"content-length: %d\r\n\r\n" % (10 * GIGABYTE), for_ever(b"x" * PIECE)
    ),
    "ten gigabytes in chunks": lambda: pours(CHUNKED + b"\r\n", for_ever(chunk(b"x" * PIECE))),
    "ten gigabytes in chunks of a byte": lambda: pours(CHUNKED + b"\r\n", for_ever(chunk(b"x") * 4096)),
    "ten gigabytes without saying how many": lambda: pours(OK + b"\r\n", for_ever(b"x" * PIECE)),
    "a gzip bomb": lambda: encoded("gzip", bomb()),
    "a zlib bomb": lambda: encoded("deflate", bomb(zlib.MAX_WBITS)),
    "a raw deflate bomb": lambda: encoded("deflate", bomb(-zlib.MAX_WBITS)),
}
#: What is not HTTP, or not in a form that was asked for.
UNREADABLE: dict[str, Callable[[], Serve]] = {
    "headers for ever": lambda: pours(OK, for_ever(b"x: %b\r\n" % (b"y" * 1000))),
    "one header for ever": lambda: pours(OK + b"x: ", for_ever(b"y" * PIECE)),
    "a status line for ever": lambda: pours(b"HTTP/1.1 200 ", for_ever(b"O" * PIECE)),
    "a thousand small headers": lambda: says(OK + b"x: y\r\n" * 1000 + b"\r\n"),
    "a chunk size for ever": lambda: pours(CHUNKED + b"\r\n", for_ever(b"1" * PIECE)),
    "trailers for ever": lambda: pours(CHUNKED + b"\r\n0\r\n", for_ever(b"x: %b\r\n" % (b"y" * 1000))),
    "garbage for a chunk size": lambda: says(CHUNKED + b"\r\n", b"zz\r\nabc\r\n"),
    "a negative chunk": lambda: says(CHUNKED + b"\r\n", b"-1\r\nabc\r\n"),
    "a chunk larger than a word": lambda: says(CHUNKED + b"\r\n", b"f" * 17 + b"\r\nabc\r\n"),
    "a chunk without its end": lambda: says(CHUNKED + b"\r\n", b"1\r\nabc"),
    "a length and chunks": lambda: says(CHUNKED + b"content-length: 3\r\n\r\n", b"0\r\n\r\n"),
    "a negative length": lambda: says(OK + b"content-length: -1\r\n\r\n"),
    "a length in words": lambda: says(OK + b"content-length: three\r\n\r\nabc"),
    "a length larger than a word": lambda: says(OK + b"content-length: " + b"9" * 30 + b"\r\n\r\nabc"),
    "two lengths": lambda: says(OK + b"content-length: 3\r\ncontent-length: 4\r\n\r\nabcd"),
    "an encoding inside an encoding": lambda: says(
        OK + b"content-encoding: gzip, gzip\r\n\r\n", nested(bytes(PIECE), 2)
    ),
    "an encoding of our own making": lambda: says(OK + b"content-encoding: gzip;x\r\n\r\n", nested(b"x", 1)),
    "brotli, which nobody asked for": lambda: says(OK + b"content-encoding: br\r\n\r\n", b"\x0b\x02\x80abcde\x03"),
    "compress, which nobody asked for": lambda: says(OK + b"content-encoding: compress\r\n\r\n", b"\x1f\x9d\x90"),
    "gzip that is none": lambda: says(OK + b"content-encoding: gzip\r\n\r\n", b"not packed at all"),
    "a header without a name": lambda: says(OK + b": y\r\n\r\n"),
    "a control character in a header": lambda: says(OK + b"x: a\x00b\r\n\r\n"),
    "another protocol": lambda: says(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "HTTP of another age": lambda: says(b"HTTP/3.7 200 OK\r\n\r\n"),
    "a status of no hundred": lambda: says(b"HTTP/1.1 2 OK\r\n\r\n"),
}
#: Promised more than was said.
SHORT: dict[str, Callable[[], Serve]] = {
    "nothing at all": says,
    "half a head": lambda: says(OK + b"x: y"),
    "a length that is longer than the body": lambda: says(OK + b"content-length: 5\r\n\r\nabc"),
    "chunks without their end": lambda: says(CHUNKED + b"\r\n" + chunk(b"abc")),
}


@contextmanager
def frugally() -> Iterator[None]:
    """What happens within takes little memory."""
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] - before < MOST_MEMORY
    finally:
        tracemalloc.stop()


async def asked(serve: Serve, method: str, limits: Limits) -> ConnectorError:
    """What the door raises."""
    async with hostile(serve) as url, Transport(Guard(("127.0.0.0/8",)), limits) as door:
        with pytest.raises(ConnectorError) as raised:
            await door.request(method, url)
    return raised.value


@pytest.mark.parametrize("name", ENDLESS)
async def test_what_never_ends_ends_with_the_deadline(name: str) -> None:
    for method, expected in (("GET", Transient), ("POST", OutcomeUnknown)):
        began = time.monotonic()
        with frugally():
            error = await asked(ENDLESS[name](), method, LIMITS)
        assert time.monotonic() - began < DEADLINE + 10
        assert type(error) is expected
        assert "did not answer in time" in error.reason


@pytest.mark.parametrize("name", TOO_LARGE)
async def test_what_is_too_large_is_read_no_further_than_the_cap(name: str) -> None:
    for method, expected in (("GET", ContractBroken), ("POST", OutcomeUnknown)):
        with frugally():
            error = await asked(TOO_LARGE[name](), method, ROOMY)
        assert type(error) is expected
        assert "is larger than 100000 bytes" in error.reason


@pytest.mark.parametrize("name", UNREADABLE)
async def test_what_cannot_be_read_breaks_the_contract(name: str) -> None:
    for method, expected in (("GET", ContractBroken), ("POST", OutcomeUnknown)):
        with frugally():
            error = await asked(UNREADABLE[name](), method, LIMITS)
        assert type(error) is expected, error.reason
        assert "is not valid HTTP" in error.reason or "encod" in error.reason


@pytest.mark.parametrize("name", SHORT)
async def test_what_breaks_off_is_no_answer(name: str) -> None:
    for method, expected in (("GET", Transient), ("POST", OutcomeUnknown)):
        error = await asked(SHORT[name](), method, LIMITS)
        assert type(error) is expected
        assert "closed the connection before its whole answer had come" in error.reason


async def test_hints_before_the_answer_are_skipped(transport: Transport) -> None:
    hints = b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n"
    async with hostile(says(hints + OK + b"content-length: 3\r\n\r\nabc")) as url:
        answer = await transport.request("POST", url, content=b"x")
    assert (answer.status, answer.body) == (200, b"abc")


@pytest.mark.parametrize(("method", "expected"), [("GET", ContractBroken), ("POST", OutcomeUnknown)])
async def test_an_answer_that_goes_on_after_its_length_is_none(method: str, expected: type[ConnectorError]) -> None:
    assert type(await asked(says(OK + b"content-length: 3\r\n\r\nabcdef"), method, LIMITS)) is expected


# -- answers to requests that nobody made ---------------------------------------------------------------

FIRST = OK + b"content-length: 5\r\n\r\nfirst"
TRUE = OK + b"content-length: 4\r\n\r\ntrue"
FORGED = OK + b"content-length: 6\r\n\r\nforged"


@pytest.mark.parametrize("pause", [0.0, 0.05], ids=["in one piece", "a moment later"])
async def test_a_second_answer_is_never_taken_for_the_next_requests(transport: Transport, pause: float) -> None:
    """It would say "done" of a write that was not."""
    answered = 0

    async def serve(writer: asyncio.StreamWriter) -> None:
        nonlocal answered
        answered += 1
        for answer in [FIRST, FORGED] if answered == 1 else [TRUE]:
            writer.write(answer)
            await writer.drain()
            await asyncio.sleep(pause)

    async with hostile(serve, stays=True) as url:
        first = transport.request("GET", url)
        if pause:
            assert (await first).body == b"first"
        else:  # whether it is noticed before the first answer is handed over is the network's to say
            with contextlib.suppress(ContractBroken):
                assert (await first).body == b"first"
        await asyncio.sleep(pause * 3)
        assert (await transport.request("POST", url)).body == b"true"
        await transport.aclose()
    assert answered == 2
