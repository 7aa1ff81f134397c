"""The door through a bad network: each way of breaking has its outcome, and none takes longer than the deadline."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from connectors.errors import ConnectorError, ContractBroken, OutcomeUnknown, Transient
from connectors.transport import Guard, Limits, Transport
from tests.connectors.stub import Stub
from tests.faults.proxy import CLEAR, Door, Proxy, Weather

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

#: Long enough for a busy machine to send a request whole, which is what a write without an answer is judged by.
DEADLINE = 0.8
LIMITS = Limits(deadline=DEADLINE, connect=0.3)
#: For what is to succeed: a busy machine is not a fault.
PATIENT = Limits(deadline=20.0, connect=10.0)
BODY = b"x" * 2000


@pytest.fixture
def network(stub: Stub) -> Iterator[Proxy]:
    """The way to the stub, which answers everything with two thousand bytes."""
    stub.answer("*", body=BODY)
    with Proxy(stub.port) as proxy:
        yield proxy


@pytest.fixture
async def door() -> AsyncIterator[Transport]:
    """An impatient door."""
    async with Transport(Guard(("127.0.0.0/8",)), LIMITS) as made:
        yield made


#: How the network is, and what a read and a write come to.
BROKEN: dict[str, tuple[Callable[[Proxy], None], type[ConnectorError], type[ConnectorError]]] = {
    "the answer is dribbled": (
        lambda net: setattr(net, "to_client", Weather(bytes_per_second=50)),
        Transient,
        OutcomeUnknown,
    ),
    "the request is dribbled": (
        lambda net: setattr(net, "to_server", Weather(bytes_per_second=50)),
        Transient,
        OutcomeUnknown,
    ),
    "the answer is lost": (lambda net: setattr(net, "to_client", Weather(holds=True)), Transient, OutcomeUnknown),
    "the request is lost": (lambda net: setattr(net, "to_server", Weather(holds=True)), Transient, OutcomeUnknown),
    "the answer is late": (lambda net: setattr(net, "to_client", Weather(latency=5)), Transient, OutcomeUnknown),
    "reset in the head": (lambda net: setattr(net, "to_client", Weather(cut_after=10)), Transient, OutcomeUnknown),
    "reset in the body": (lambda net: setattr(net, "to_client", Weather(cut_after=1000)), Transient, OutcomeUnknown),
    "ended in the head": (
        lambda net: setattr(net, "to_client", Weather(cut_after=10, politely=True)),
        Transient,
        OutcomeUnknown,
    ),
    "ended in the body": (
        lambda net: setattr(net, "to_client", Weather(cut_after=1000, politely=True)),
        Transient,
        OutcomeUnknown,
    ),
    "the head is corrupt": (
        lambda net: setattr(net, "to_client", Weather(corrupt_every=3)),
        ContractBroken,
        OutcomeUnknown,
    ),
    "nobody takes the connection": (lambda net: setattr(net, "door", Door.SILENT), Transient, OutcomeUnknown),
}


@pytest.mark.parametrize("way", BROKEN)
async def test_every_fault_has_its_outcome_in_time(network: Proxy, door: Transport, way: str) -> None:
    spoil, for_a_read, for_a_write = BROKEN[way]
    spoil(network)
    began = time.monotonic()
    read, write = await asyncio.gather(
        *(door.request(method, f"http://127.0.0.1:{network.port}/") for method in ("GET", "POST")),
        return_exceptions=True,
    )
    assert time.monotonic() - began < DEADLINE + 10
    assert (type(read), type(write)) == (for_a_read, for_a_write), (read, write)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_connection_that_is_slammed_is_told_apart_by_what_had_left(
    network: Proxy, door: Transport, method: str
) -> None:
    """Reset while it connects or just after: which of the two, the network decides."""
    network.door = Door.SLAMMED
    with pytest.raises((Transient, OutcomeUnknown)) as raised:
        await door.request(method, f"http://127.0.0.1:{network.port}/")
    expected = Transient if "nothing was sent" in raised.value.reason or method == "GET" else OutcomeUnknown
    assert type(raised.value) is expected


@pytest.mark.parametrize("way", BROKEN)
async def test_after_the_fault_the_door_works_as_before(network: Proxy, door: Transport, way: str) -> None:
    BROKEN[way][0](network)
    with pytest.raises(ConnectorError):
        await door.request("POST", f"http://127.0.0.1:{network.port}/")
    network.door, network.to_client, network.to_server = Door.OPEN, CLEAR, CLEAR
    assert (await door.request("POST", f"http://127.0.0.1:{network.port}/", limits=PATIENT)).body == BODY


async def test_a_write_that_was_lost_is_not_sent_again_by_itself(network: Proxy, door: Transport, stub: Stub) -> None:
    network.to_client = Weather(cut_after=10)
    with pytest.raises(OutcomeUnknown):
        await door.request("PUT", f"http://127.0.0.1:{network.port}/", content=b"once")
    assert [got.body for got in stub.received] == [b"once"]


async def test_a_kept_connection_that_was_reset_meanwhile_costs_no_read(
    network: Proxy, door: Transport, stub: Stub
) -> None:
    url = f"http://127.0.0.1:{network.port}/"
    await door.request("GET", url, limits=PATIENT)
    network.reset()
    await _seen(network)
    assert (await door.request("GET", url, limits=PATIENT)).body == BODY
    assert network.accepted == 2


async def test_a_kept_connection_that_is_half_open_is_bounded_by_the_deadline(network: Proxy, door: Transport) -> None:
    """The other side is gone without a word: a write into it may have arrived, for all that we know."""
    url = f"http://127.0.0.1:{network.port}/"
    await door.request("GET", url, limits=PATIENT)
    network.half_open()
    with pytest.raises(OutcomeUnknown, match="did not answer in time"):
        await door.request("POST", url, content=b"x")
    assert (await door.request("POST", url, content=b"x", limits=PATIENT)).body == BODY
    assert network.accepted == 2


async def test_a_slow_network_within_the_deadline_is_only_slow(network: Proxy, door: Transport) -> None:
    network.to_client = network.to_server = Weather(latency=0.05)
    answer = await door.request("POST", f"http://127.0.0.1:{network.port}/", content=b"x" * 10_000, limits=PATIENT)
    assert answer.body == BODY
    assert answer.elapsed >= 0.1


async def test_many_callers_wait_for_nobody_elses_trouble(network: Proxy, stub: Stub, door: Transport) -> None:
    """A black hole on one way holds nothing up on the other."""
    network.to_client = Weather(holds=True)
    lost = [asyncio.create_task(door.request("GET", f"http://127.0.0.1:{network.port}/")) for _ in range(50)]
    assert (await door.request("GET", f"{stub.url}/", limits=PATIENT)).body == BODY
    assert {type(error) for error in await asyncio.gather(*lost, return_exceptions=True)} == {Transient}


async def _seen(network: Proxy) -> None:
    """Let the loop notice what happened to its connections."""
    async with asyncio.timeout(20):
        while network.open:  # noqa: ASYNC110 - the proxy lives in another thread
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)
