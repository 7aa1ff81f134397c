"""A name server that says nothing costs only what it is asked for, at both doors."""

from __future__ import annotations

import asyncio
import queue
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from connectors import resolving
from connectors.guard import Guard, Service
from connectors.resolving import OF_ONE_NAME, Resolving
from connectors.response import Limits
from connectors.streams import open_stream
from connectors.transport import Transport
from tests.connectors.stub import Stub

HERE = Guard(("127.0.0.0/8",))
#: More than an event loop has threads of its own.
SILENT = [f"silent-{number}.example" for number in range(40)]


class NameServer:
    """Says 127.0.0.1 of every name, of silent ones only once it is let; ``asked`` tells of what it was asked."""

    def __init__(self) -> None:
        self.asked: queue.Queue[str] = queue.Queue()
        self.let = threading.Event()

    def getaddrinfo(self, name: str, port: int, *_: Any, **__: Any) -> list[tuple[Any, ...]]:
        """As ``socket`` has it."""
        self.asked.put(name)
        if name.startswith("silent"):
            self.let.wait(20)
        if name == "nobody.example":
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    def next_asked(self) -> str:
        """What it is asked for next; waits for it."""
        return self.asked.get(timeout=10)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[NameServer]:
    """The system's resolver."""
    made = NameServer()
    monkeypatch.setattr(socket, "getaddrinfo", made.getaddrinfo)
    monkeypatch.setattr(resolving, "RESOLVING", fresh := Resolving())
    monkeypatch.setattr("connectors.streams.RESOLVING", fresh)
    yield made
    made.let.set()


async def test_names_that_nobody_answers_for_keep_no_request_waiting(stub: Stub, names: NameServer) -> None:
    stub.answer("/", body=b"here")
    async with Transport(HERE, Limits(deadline=20, connect=20)) as door:
        hanging = [asyncio.create_task(door.request("GET", f"http://{name}:{stub.port}/")) for name in SILENT]
        await asyncio.sleep(0)
        async with asyncio.timeout(10):
            answer = await door.request("GET", f"http://well.example:{stub.port}/")
        names.let.set()
        answers = await asyncio.gather(*hanging)
    assert {one.body for one in [answer, *answers]} == {b"here"}


async def test_names_that_nobody_answers_for_keep_no_broker_waiting(stub: Stub, names: NameServer) -> None:
    hanging = [asyncio.create_task(open_stream(Service("amqp", name, stub.port), HERE, [stub.port])) for name in SILENT]
    await asyncio.sleep(0)
    opened = await open_stream(Service("amqp", "well.example", stub.port), HERE, [stub.port])
    names.let.set()
    for stream in [opened, *await asyncio.gather(*hanging)]:
        await stream.close()


async def test_of_one_name_only_two_look_ups_are_under_way_and_the_others_take_their_places(names: NameServer) -> None:
    by = Resolving()
    same = [asyncio.create_task(by.look_up("silent.example", port)) for port in range(5)]
    await asyncio.sleep(0)
    assert [names.next_asked() for _ in range(OF_ONE_NAME)] == ["silent.example"] * OF_ONE_NAME
    await by.look_up("well.example", 80)
    assert (names.next_asked(), names.asked.empty()) == ("well.example", True)
    names.let.set()
    assert [found[0][4] for found in await asyncio.gather(*same)] == [("127.0.0.1", port) for port in range(5)]


async def test_who_has_given_up_is_not_asked_for_and_keeps_nobody_from_going_on(names: NameServer) -> None:
    by = Resolving()
    under_way, given_up, last = (
        [asyncio.create_task(by.look_up("silent.example", port)) for port in ports] for ports in ((1, 2), (3, 4), (5,))
    )
    await asyncio.sleep(0)
    for task in (*under_way, *given_up):
        task.cancel()
    await asyncio.gather(*under_way, *given_up, return_exceptions=True)
    names.let.set()
    assert [found[0][4] for found in await asyncio.gather(*last)] == [("127.0.0.1", 5)]
    assert names.asked.qsize() <= len(under_way) + len(last)


async def test_a_name_that_does_not_exist_is_said_not_to(names: NameServer) -> None:
    with pytest.raises(socket.gaierror, match="no such name"):
        await Resolving().look_up("nobody.example", 80)
    assert names.next_asked() == "nobody.example"
