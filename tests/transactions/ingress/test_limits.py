"""Senders that send too much, too slowly, or stop halfway: refused early, and nothing is kept."""

from __future__ import annotations

import asyncio

import pytest

from controlplane.transactions.ingress import wire
from controlplane.transactions.models import Inbox, Payload, Refusal
from tests.transactions.ingress.conftest import Opens
from tests.transactions.ingress.door import Door, Message, Sender, chunks, whole

pytestmark = pytest.mark.django_db(transaction=True)

LIMIT = 1000


@pytest.fixture
def narrow(opens: Opens) -> Door:
    """An endpoint that takes a thousand bytes."""
    return opens(max_body=LIMIT)


def kept() -> int:
    """How many events were accepted."""
    return Inbox.objects.count() + Payload.objects.count()


def refusals(door: Door) -> list[tuple[str, int]]:
    """What was counted, once it is written."""
    door.run(door.ingress.judge.refusals.flush())
    return sorted(Refusal.objects.values_list("reason", "count"))


def test_a_body_that_says_it_is_too_large_is_refused_before_any_of_it_is_read(narrow: Door) -> None:
    sender = Sender(chunks(b"x" * 100, ends=False))
    sender.goes_on.set()
    read_before_the_answer: list[int] = []
    send = sender.send

    async def watched(message: Message) -> None:
        read_before_the_answer.append(sender.read)
        await send(message)

    sender.send = watched  # type: ignore[method-assign]
    answer = narrow.knock(sender, {"content-length": str(LIMIT + 1)}).answered
    assert read_before_the_answer[:2] == [0, 0]
    assert answer.status == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["limit"] == LIMIT
    assert kept() == 0


def test_a_chunked_body_is_refused_as_soon_as_it_is_too_large(narrow: Door) -> None:
    sender = Sender(chunks(*[b"x" * 400] * 50, ends=False))
    sender.goes_on.set()
    seen: list[int] = []
    send = sender.send

    async def watched(message: Message) -> None:
        seen.append(sender.read)
        await send(message)

    sender.send = watched  # type: ignore[method-assign]
    assert narrow.knock(sender).answered.status == 413
    assert seen[0] == 3
    assert kept() == 0


def test_a_body_of_just_the_limit_is_read(narrow: Door) -> None:
    body = b'"' + b"x" * (LIMIT - 2) + b'"'
    assert narrow.send(body).status == 202


def test_a_refused_sender_that_is_still_writing_gets_to_see_its_answer(narrow: Door) -> None:
    """The connection is closed after the answer, and not before some more was read."""
    sender = Sender(chunks(*[b"x" * LIMIT] * 5))
    answer = narrow.knock(sender).answered
    assert answer.headers["connection"] == "close"
    assert sender.read == 5
    assert [message.get("more_body", False) for message in sender.sent[1:]] == [True, False]


def test_reading_on_ends_when_a_sender_never_does(narrow: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "LINGER_BYTES", 10 * LIMIT)
    sender = Sender(chunks(*[b"x" * LIMIT] * 50, ends=False))
    assert narrow.knock(sender).answered.status == 413
    assert sender.read == 12
    monkeypatch.setattr(wire, "LINGER_SECONDS", 0.01)
    silent = Sender(chunks(b"x" * (LIMIT + 1), ends=False))
    assert narrow.knock(silent).answered.status == 413


@pytest.mark.parametrize("length", ["-1", "1e9", "0x400", "", "१", "9" * 5000, "12 34"])
def test_a_length_that_cannot_be_read_is_counted_instead(narrow: Door, length: str) -> None:
    signed = narrow.signed(b"{}")
    headers = [(name.encode(), value.encode()) for name, value in signed.items()]
    sender = Sender(whole(b"{}"))
    status = narrow.knock(sender, [*headers, (b"content-length", length.encode())]).answered.status
    assert status == (413 if length == "9" * 5000 else 202)


def test_a_body_that_does_not_arrive_in_time_is_given_up(narrow: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(narrow.ingress.bodies, "_seconds", 0.02)
    monkeypatch.setattr(wire, "LINGER_SECONDS", 0.01)
    answer = narrow.knock(Sender(chunks(b"{", ends=False)), narrow.signed(b"{}")).answered
    assert answer.status == 408
    assert answer.headers["connection"] == "close"
    assert kept() == 0
    assert refusals(narrow) == [("too-slow", 1)]


def test_a_sender_that_hangs_up_halfway_is_answered_nothing_and_nothing_is_kept(narrow: Door) -> None:
    sender = Sender([*chunks(b'{"a":', ends=False), {"type": "http.disconnect"}])
    narrow.knock(sender, narrow.signed(b"{}"))
    assert sender.sent == []
    assert kept() == 0


def test_a_sender_that_hangs_up_while_it_is_answered_harms_nobody(narrow: Door) -> None:
    sender = Sender(whole(b"{}"))

    async def gone(message: Message) -> None:
        raise BrokenPipeError

    sender.send = gone  # type: ignore[method-assign]
    narrow.knock(sender, narrow.signed(b"{}"))
    assert Inbox.objects.count() == 1


def test_a_flood_of_headers_is_refused(narrow: Door) -> None:
    signed = list(narrow.signed(b"{}").items())
    many = [(name.encode(), value.encode()) for name, value in signed] + [(b"x", b"1")] * wire.MAX_HEADERS
    answer = narrow.knock(Sender(whole(b"{}")), many).answered
    assert answer.status == 431
    big = narrow.post(b"{}", {**dict(signed), "x-big": "x" * wire.MAX_HEAD_BYTES})
    assert big.status == 431
    assert kept() == 0
    assert refusals(narrow) == [("head-too-large", 2)]


def test_as_many_headers_as_allowed_are_read_and_some_are_kept(narrow: Door) -> None:
    many = {f"x-{n:03}": "1" for n in range(wire.MAX_HEADERS - 10)}
    assert narrow.send(b"{}", many).status == 202
    assert len(Payload.objects.get().headers) == 64


def test_a_crowd_of_large_bodies_is_told_to_come_back_and_leaves_no_trace(
    narrow: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = b'"' + b"x" * (LIMIT - 2) + b'"'
    narrow.ingress.room.take(wire.ROOM_BYTES - LIMIT + 1)
    answer = narrow.send(body)
    assert answer.status == 503
    assert answer.headers["retry-after"] == "2"
    assert kept() == 0
    narrow.ingress.room.give_back(1)
    assert narrow.send(body).status == 202
    narrow.ingress.room.take(LIMIT)  # what was read has been given back


def test_every_way_out_gives_its_room_back(narrow: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(narrow.ingress.bodies, "_seconds", 0.02)
    monkeypatch.setattr(wire, "LINGER_SECONDS", 0.01)
    narrow.knock(Sender(chunks(b"x" * 500, b"x" * 600)))
    narrow.knock(Sender(chunks(b"x" * 500, ends=False)))
    narrow.knock(Sender([*chunks(b"x" * 500, ends=False), {"type": "http.disconnect"}]))
    narrow.post(b"x" * 500)
    narrow.ingress.room.take(wire.ROOM_BYTES)


def test_requests_under_way_are_finished_when_the_server_stops(opens: Opens) -> None:
    door = opens()
    bodies = [b'{"n":%d}' % n for n in range(300)]

    async def stop_in_between() -> list[int]:
        posting = [asyncio.create_task(door.posting(body, door.signed(body))) for body in bodies]
        while not door.ingress.batches._waiting:  # noqa: ASYNC110 - until the loop has begun with them
            await asyncio.sleep(0)
        await door.ingress.batches.stop()
        door.ingress.batches.start()
        return [(await one).status for one in posting]

    assert door.run(stop_in_between()) == [202] * 300
    assert Inbox.objects.count() == 300
