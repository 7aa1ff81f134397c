"""A name is judged by the addresses it has at the moment of connecting, and by each of them."""

from __future__ import annotations

import ipaddress
import socket

import pytest

from connectors.addresses import why_special
from connectors.errors import Refused
from connectors.transport import Guard, Transport
from tests.connectors.names import Names
from tests.connectors.stub import Stub

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

PUBLIC = "93.184.216.34"


class Flipping(Guard):
    """Allows an address once and refuses it afterwards, as if the answer had changed in between."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.0/8",))
        self.asked: list[str] = []

    def check_address(self, address: str, port: int) -> None:
        self.asked.append(address)
        if len(self.asked) > 1:
            raise Refused(f"{address} is not a public address (it changed)")
        super().check_address(address, port)


async def test_a_name_that_turns_private_is_refused_at_the_next_connection() -> None:
    names = Names({"rebind.example": [["127.0.0.1"], ["10.0.0.1"]]})
    guard = Guard(("127.0.0.0/8",))
    async with Transport(guard, resolver=names) as door:
        # The first answer is allowed (and nobody listens on the port); the second is not.
        with pytest.raises(Exception, match="could not connect"):
            await door.request("GET", "http://rebind.example:8/")
    async with Transport(guard, resolver=names) as door:
        with pytest.raises(Refused, match=r"10\.0\.0\.1 is not a public address"):
            await door.request("GET", "http://rebind.example:8/")
    assert names.asked == ["rebind.example", "rebind.example"]


async def test_the_address_that_was_checked_is_the_one_that_is_connected_to(stub: Stub) -> None:
    """One look-up for one connection: no second answer is asked for, so none can differ."""
    names = Names({"pinned.example": [["127.0.0.1"], ["10.0.0.1"]]})
    stub.answer("/", body=b"here")
    async with Transport(Guard(("127.0.0.0/8",)), resolver=names) as door:
        answer = await door.request("GET", f"http://pinned.example:{stub.port}/")
    assert answer.body == b"here"
    assert names.asked == ["pinned.example"]
    assert stub.received[0].headers["host"] == f"pinned.example:{stub.port}"


async def test_the_socket_looks_once_more_at_the_very_address(stub: Stub) -> None:
    guard = Flipping()
    names = Names({"flip.example": [["127.0.0.1"]]})
    async with Transport(guard, resolver=names) as door:
        with pytest.raises(Refused, match="it changed"):
            await door.request("POST", f"http://flip.example:{stub.port}/", content=b"x")
    assert guard.asked == ["127.0.0.1", "127.0.0.1"]
    assert stub.received == []


async def test_the_socket_looks_at_every_address_of_several(stub: Stub) -> None:
    class OnlyNames(Guard):
        """Lets names through and no connection."""

        connecting = False

        def check_address(self, address: str, port: int) -> None:
            if self.connecting:
                raise Refused("no")

    guard = OnlyNames()
    door = Transport(guard, resolver=Names({"two.example": [["127.0.0.1", "127.0.0.2"]]}))
    original = door._socket

    def look(info: object) -> socket.socket:
        guard.connecting = True
        return original(info)  # type: ignore[arg-type]

    door._socket = look  # type: ignore[method-assign]
    async with door:
        with pytest.raises(Refused, match="no"):
            await door.request("POST", f"http://two.example:{stub.port}/", content=b"x")
    assert stub.received == []


async def test_one_private_address_among_public_ones_refuses_the_name() -> None:
    names = Names({"mixed.example": [[PUBLIC, "127.0.0.1"]]})
    async with Transport(Guard(), resolver=names) as door:
        with pytest.raises(Refused, match=r"127\.0\.0\.1"):
            await door.request("GET", "http://mixed.example/")


async def test_an_address_is_not_looked_up(stub: Stub) -> None:
    names = Names({})
    stub.answer("/")
    async with Transport(Guard(("127.0.0.0/8",)), resolver=names) as door:
        assert (await door.request("GET", f"{stub.url}/")).status == 200
    assert names.asked == []


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("8.8.8.8", ""),
        ("2606:4700:4700::1111", ""),
        ("2606:4700::5efe:808:808", ""),
        ("10.0.0.1", "private"),
        ("100.64.0.1", "carrier-grade NAT"),
        ("168.63.129.16", "a cloud's control address"),
        ("169.254.169.254", "link-local, where clouds keep their metadata"),
        ("224.0.0.1", "multicast"),
        ("255.255.255.255", "reserved"),
        ("::1", "loopback"),
        ("::ffff:8.8.8.8", "an IPv4 address in IPv6 form"),
        ("::8.8.8.8", "an IPv4 address in IPv6 form"),
        ("64:ff9b::808:808", "an IPv4 address behind NAT64"),
        ("2002:808:808::", "an IPv4 address behind 6to4"),
        ("2001::1", "an IPv4 address behind Teredo"),
        ("2606:4700::5efe:a00:1", "private behind ISATAP"),
        ("fd00:ec2::254", "private"),
        ("fe80::1", "link-local"),
        ("ff02::1", "multicast"),
        ("4000::1", "not handed out"),
    ],
)
def test_why_an_address_is_special(address: str, why: str) -> None:
    assert why_special(ipaddress.ip_address(address)) == why
