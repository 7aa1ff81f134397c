"""The door refuses every form of URL that leads, or could be read to lead, where nobody should go."""

from __future__ import annotations

import pytest

from connectors.errors import Refused
from connectors.transport import Guard, Transport
from tests.connectors.names import Names
from tests.connectors.urls import (
    ACCEPTED,
    BROKEN,
    NOT_ASCII,
    OLD_SPELLINGS,
    PRIVATE_NAMES,
    REFUSED,
    SCHEMES,
    TWO_READINGS,
    USER_INFO,
)

# Any connection that is tried in spite of all would be stopped, and be another error than Refused.
pytestmark = pytest.mark.disable_socket


def test_there_are_more_than_two_hundred_forms_and_none_twice() -> None:
    assert len(REFUSED) >= 300
    assert len(set(REFUSED)) == len(REFUSED)


@pytest.mark.parametrize("url", REFUSED, ids=ascii)
async def test_the_door_refuses(url: str) -> None:
    names = Names({**PRIVATE_NAMES, "example.com": [["93.184.216.34"]]})
    async with Transport(Guard(), resolver=names) as door:
        with pytest.raises(Refused) as refusal:
            await door.request("POST", url, content=b"secret")
    assert refusal.value.code == "refused"
    assert refusal.value.retry is False


@pytest.mark.parametrize("url", ACCEPTED, ids=ascii)
def test_the_door_accepts_the_form(url: str) -> None:
    checked = Guard().check_url(url)
    assert checked.scheme in {"http", "https"}
    assert checked.raw_host


@pytest.mark.parametrize("url", [*OLD_SPELLINGS, *TWO_READINGS, *NOT_ASCII, *BROKEN, *USER_INFO, *SCHEMES], ids=ascii)
def test_no_allow_list_makes_an_ambiguous_form_acceptable(url: str) -> None:
    with pytest.raises(Refused):
        Guard(("0.0.0.0/0", "::/0")).check_url(url)


@pytest.mark.parametrize(
    ("networks", "url"),
    [
        (("127.0.0.0/8",), "http://127.0.0.1:8000/"),
        (("127.0.0.0/8",), "http://localhost:8000/"),
        (("::1/128",), "http://localhost:8000/"),
        (("::1/128",), "http://[::1]:8000/"),
        (("10.1.0.0/16",), "https://10.1.255.255/"),
        (("192.168.7.9",), "http://192.168.7.9/"),
        (("fd00::/8",), "http://[fd12:3456::1]/"),
        (("10.0.0.0/8", "192.168.0.0/16"), "http://192.168.1.1/"),
    ],
)
def test_the_operator_can_allow_a_network(networks: tuple[str, ...], url: str) -> None:
    assert str(Guard(networks).check_url(url)) == url


@pytest.mark.parametrize(
    ("networks", "url"),
    [
        (("10.1.0.0/16",), "http://10.2.0.1/"),
        (("10.1.0.0/16",), "http://127.0.0.1/"),
        (("127.0.0.0/8",), "http://[::1]/"),
        (("127.0.0.0/8",), "http://[::ffff:127.0.0.1]/"),
        (("10.0.0.0/8",), "http://[64:ff9b::a00:1]/"),
        (("192.168.7.9",), "http://192.168.7.8/"),
        (("10.0.0.0/8",), "http://localhost/"),
    ],
)
def test_an_allowed_network_allows_no_other(networks: tuple[str, ...], url: str) -> None:
    with pytest.raises(Refused):
        Guard(networks).check_url(url)


def test_an_allowed_network_opens_no_port_of_another_protocol() -> None:
    with pytest.raises(Refused, match="port 6379"):
        Guard(("127.0.0.0/8",)).check_url("http://127.0.0.1:6379/")


def test_a_list_of_ports_replaces_the_rule() -> None:
    guard = Guard(allowed_ports={443, 6379})
    assert guard.check_url("http://example.com:6379/").port == 6379
    with pytest.raises(Refused, match="port 8443"):
        guard.check_url("https://example.com:8443/")
    with pytest.raises(Refused, match="port 80 "):
        guard.check_url("http://example.com/")


def test_https_can_be_demanded() -> None:
    guard = Guard(https_only=True)
    assert str(guard.check_url("https://example.com/")) == "https://example.com/"
    with pytest.raises(Refused, match="without encryption"):
        guard.check_url("http://example.com/")


def test_a_network_that_is_none_is_the_operators_mistake() -> None:
    with pytest.raises(ValueError, match=r"10\.1\.0\.0/40"):
        Guard(("10.1.0.0/40",))


def test_the_refusal_says_what_to_do() -> None:
    with pytest.raises(Refused) as refusal:
        Guard().check_url("http://10.1.2.3/hooks?token=hidden")
    assert refusal.value.reason == (
        "10.1.2.3 is not a public address (private); the operator can allow its network in INTERLOCK_PRIVATE_NETWORKS"
    )


@pytest.mark.parametrize("address", ["", "localhost", "127.0.0.1%lo", "::1%lo", "1.2.3", "x" * 5000, "169.254.169.254"])
def test_an_address_at_connect_is_refused_too(address: str) -> None:
    with pytest.raises(Refused):
        Guard().check_address(address, 443)


def test_a_zone_is_refused_even_in_an_allowed_network() -> None:
    with pytest.raises(Refused):
        Guard(("::1/128",)).check_address("fe80::1%eth0", 443)
