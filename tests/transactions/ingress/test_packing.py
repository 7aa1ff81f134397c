"""Bodies that come packed: refused, or unpacked no further than the endpoint's limit."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib

import pytest

from controlplane.foundation.errors import TooLarge
from controlplane.transactions.ingress import packing
from controlplane.transactions.models import Endpoint, Inbox, Payload, Refusal
from tests.transactions.carrying import Answered
from tests.transactions.ingress.conftest import Opens
from tests.transactions.ingress.door import Door

pytestmark = pytest.mark.django_db(transaction=True)

BODY = b'{"id":"evt_1","text":"' + b"x" * 500 + b'"}'
LIMIT = 1000


@pytest.fixture
def door(opens: Opens) -> Door:
    """An endpoint that takes gzip, up to a thousand bytes of it."""
    made = opens(event_id="event.id", max_body=LIMIT)
    Endpoint.objects.update(takes_gzip=True)
    return made


def send(door: Door, body: bytes, encoding: str = "gzip") -> Answered:
    """What is signed is what is sent."""
    return door.post(body, {**door.signed(body), "content-encoding": encoding})


def refusals(door: Door) -> list[tuple[str, int]]:
    """What was counted, once it is written."""
    door.run(door.ingress.judge.refusals.flush())
    return sorted(Refusal.objects.values_list("reason", "count"))


def test_an_endpoint_takes_no_packed_body_unless_it_says_so(opens: Opens) -> None:
    door = opens(event_id="event.id")
    answer = send(door, gzip.compress(BODY))
    assert (answer.status, answer.headers["accept-encoding"]) == (415, "identity")
    assert answer.json()["type"] == "urn:interlock:problem:encoding"
    assert Inbox.objects.count() == 0
    assert refusals(door) == [("encoding", 1)]


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "GZIP", " gzip "])
def test_a_packed_event_is_kept_unpacked(door: Door, encoding: str) -> None:
    assert send(door, gzip.compress(BODY), encoding).status == 202
    payload = Payload.objects.get()
    assert bytes(payload.body) == BODY
    assert "content-encoding" not in payload.headers


def test_the_same_event_packed_otherwise_is_the_same_event(door: Door) -> None:
    first = send(door, gzip.compress(BODY, mtime=1))
    for again in (send(door, gzip.compress(BODY, 1, mtime=2)), door.send(BODY)):
        assert (again.status, again.id) == (200, first.id)


@pytest.mark.parametrize("encoding", ["br", "zstd", "deflate", "compress", "gzip, gzip", "identity, gzip", "\xff"])
def test_another_encoding_is_refused_and_told_what_is_taken(door: Door, encoding: str) -> None:
    answer = send(door, gzip.compress(BODY), encoding)
    assert (answer.status, answer.headers["accept-encoding"]) == (415, "gzip")
    assert Inbox.objects.count() == 0


NOT_GZIP = {
    "empty": b"",
    "not packed": BODY,
    "cut off": gzip.compress(BODY)[:-1],
    "a wrong checksum": gzip.compress(BODY)[:-8] + bytes(8),
    "zlib": zlib.compress(BODY),
    "rubbish behind it": gzip.compress(BODY) + b"rubbish",
}


@pytest.mark.parametrize("name", NOT_GZIP)
def test_what_is_no_gzip_is_refused(door: Door, name: str) -> None:
    assert send(door, NOT_GZIP[name]).status == 400
    assert Inbox.objects.count() == 0
    assert refusals(door) == [("broken", 1)]


def test_several_gzip_files_are_one_body(door: Door) -> None:
    assert send(door, gzip.compress(BODY[:100]) + gzip.compress(BODY[100:])).status == 202
    assert bytes(Payload.objects.get().body) == BODY


async def test_more_gzip_files_than_anybody_has_use_for_are_no_body() -> None:
    assert await packing.unpacked(gzip.compress(b"x") * packing.MOST_MEMBERS, LIMIT) == b"x" * packing.MOST_MEMBERS
    with pytest.raises(packing.NotGzip):
        await packing.unpacked(gzip.compress(b"x") * (packing.MOST_MEMBERS + 1), LIMIT)


@pytest.mark.parametrize("size", [LIMIT, LIMIT + 1])
def test_the_limit_is_of_the_unpacked_body(door: Door, size: int) -> None:
    answer = send(door, gzip.compress(b'"' + b"x" * (size - 2) + b'"'))
    assert answer.status == (202 if size == LIMIT else 413)
    if answer.status == 413:
        assert answer.json()["limit"] == LIMIT


async def test_a_bomb_is_unpacked_no_further_than_the_limit() -> None:
    bomb = gzip.compress(bytes(200_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            await packing.unpacked(bomb, 1_000_000)
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
    finally:
        tracemalloc.stop()


def test_nothing_of_a_stranger_is_unpacked(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    async def unpacked(*_: object) -> bytes:
        raise AssertionError

    monkeypatch.setattr("controlplane.transactions.ingress.application.unpacked", unpacked)
    assert door.post(gzip.compress(BODY), {"content-encoding": "gzip"}).status == 401


def test_what_is_unpacked_takes_room_until_it_is_answered(door: Door) -> None:
    send(door, gzip.compress(BODY))
    send(door, NOT_GZIP["cut off"])
    assert door.ingress.room.taken == 0
    door.ingress.room.take(door.ingress.room._free - LIMIT)
    answer = send(door, gzip.compress(BODY))
    assert (answer.status, answer.headers["retry-after"]) == (503, "2")
