"""Redirects are returned as they are; where a caller asks to follow them, each is judged like the first."""

from __future__ import annotations

import asyncio

import pytest

from connectors.errors import Refused, Transient
from connectors.transport import Guard, Limits, Transport
from tests.connectors.names import Names
from tests.connectors.stub import Stub

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

FOLLOW = Limits(deadline=5, follow_redirects=3)
SECRETS = {"Authorization": "Bearer hidden", "Cookie": "s=hidden", "X-Api-Key": "hidden", "Accept": "application/json"}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_no_redirect_is_followed_unless_asked_for(
    stub: Stub, transport: Transport, status: int, method: str
) -> None:
    stub.answer("/old", status=status, headers={"Location": "/new"})
    answer = await transport.request(method, f"{stub.url}/old")
    assert (answer.status, answer.headers["location"]) == (status, "/new")
    assert [got.path for got in stub.received] == ["/old"]


@pytest.mark.parametrize("location", ["/new?a=1", "new?a=1", "{url}/new?a=1", "//127.0.0.1:{port}/new?a=1"])
async def test_a_read_follows_within_its_origin_with_its_credentials(
    stub: Stub, transport: Transport, location: str
) -> None:
    stub.answer("/old", status=302, headers={"Location": location.format(url=stub.url, port=stub.port)})
    stub.answer("/new", body=b"there")
    answer = await transport.request("GET", f"{stub.url}/old", headers=SECRETS, limits=FOLLOW)
    assert (answer.body, answer.url) == (b"there", f"{stub.url}/new?a=1")
    assert stub.received[1].headers["authorization"] == "Bearer hidden"
    assert stub.received[1].headers["x-api-key"] == "hidden"


async def test_no_credential_goes_to_another_origin(stub: Stub) -> None:
    names = Names({"a.example": [["127.0.0.1"]], "b.example": [["127.0.0.1"]]})
    stub.answer("/old", status=307, headers={"Location": f"http://b.example:{stub.port}/new"})
    stub.answer("/new", body=b"there")
    async with Transport(Guard(("127.0.0.0/8",)), FOLLOW, resolver=names) as door:
        answer = await door.request("GET", f"http://a.example:{stub.port}/old", headers=SECRETS)
    assert answer.body == b"there"
    assert stub.received[1].headers["accept"] == "application/json"
    assert "hidden" not in str(dict(stub.received[1].headers))


@pytest.mark.parametrize("status", [307, 308])
async def test_a_write_is_followed_where_method_and_body_stay(stub: Stub, transport: Transport, status: int) -> None:
    stub.answer("/old", status=status, headers={"Location": "/new"})
    stub.answer("/new", status=201)
    answer = await transport.request("POST", f"{stub.url}/old", content=b"body", limits=FOLLOW)
    assert answer.status == 201
    assert [(got.method, got.body) for got in stub.received] == [("POST", b"body"), ("POST", b"body")]


@pytest.mark.parametrize("status", [301, 302, 303])
async def test_a_write_never_becomes_a_read(stub: Stub, transport: Transport, status: int) -> None:
    stub.answer("/old", status=status, headers={"Location": "/new"})
    answer = await transport.request("POST", f"{stub.url}/old", content=b"body", limits=FOLLOW)
    assert answer.status == status
    assert len(stub.received) == 1


async def test_a_writes_body_is_not_handed_to_another_origin(stub: Stub) -> None:
    names = Names({"a.example": [["127.0.0.1"]], "b.example": [["127.0.0.1"]]})
    stub.answer("/old", status=307, headers={"Location": f"http://b.example:{stub.port}/new"})
    async with Transport(Guard(("127.0.0.0/8",)), FOLLOW, resolver=names) as door:
        answer = await door.request("POST", f"http://a.example:{stub.port}/old", content=b"body")
    assert answer.status == 307
    assert len(stub.received) == 1


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:169.254.169.254]/",
        "http://2130706433/",
        "http://private.example/",
        "//169.254.169.254/",
        "http://user:password@127.0.0.1/",
        "http://127.0.0.1:6379/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "http:\\\\169.254.169.254\\",
        "\\\\169.254.169.254\\",
        "http://127.0.0.1%2f@169.254.169.254/",
    ],
)
async def test_every_hop_is_judged(stub: Stub, location: str) -> None:
    names = Names({"private.example": [["192.168.1.1"]]})
    stub.answer("/old", status=302, headers={"Location": location})
    async with Transport(Guard(("127.0.0.0/8",)), FOLLOW, resolver=names) as door:
        with pytest.raises(Refused):
            await door.request("GET", f"{stub.url}/old")
    assert len(stub.received) == 1


async def test_following_ends_with_the_limit_and_shows_the_last_redirect(stub: Stub, transport: Transport) -> None:
    stub.answer("/loop", status=302, headers={"Location": "/loop"})
    answer = await transport.request("GET", f"{stub.url}/loop", limits=FOLLOW)
    assert answer.status == 302
    assert len(stub.received) == 4


async def test_a_redirect_without_a_location_is_an_answer(stub: Stub, transport: Transport) -> None:
    stub.answer("/odd", status=302)
    assert (await transport.request("GET", f"{stub.url}/odd", limits=FOLLOW)).status == 302


async def test_all_hops_share_one_deadline(stub: Stub, transport: Transport) -> None:
    stub.answer("/old", status=302, headers={"Location": "/slow"})
    stub.silent("/slow")
    with pytest.raises(Transient, match="did not answer in time"):
        await transport.request("GET", f"{stub.url}/old", limits=Limits(deadline=0.6, follow_redirects=1))


async def test_a_write_that_was_redirected_to_where_nobody_is_may_have_taken_effect(transport: Transport) -> None:
    async def redirect_and_leave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.close()
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 307 Moved\r\nlocation: /new\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(redirect_and_leave, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/old"
    with pytest.raises(Transient, match="could not connect") as error:
        await transport.request("POST", url, limits=FOLLOW)
    assert error.value.calls == 1
