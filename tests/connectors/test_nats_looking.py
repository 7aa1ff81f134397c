"""What NATS is asked before an event is sent again, and what a question that fails costs: only what it was about."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import orjson
import pytest

from connectors.nats.connector import Nats
from connectors.transport import Transport
from tests.connectors.brokers import codes, event, publishing, serving
from tests.connectors.test_nats import answer, broker

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

Told = Callable[[str, str], bytes]


def denied(subject: str, _: str) -> bytes:
    return f"-ERR 'Permissions Violation for Publish to \"{subject}\"'\r\n".encode()


def nobody(_: str, reply: str) -> bytes:
    return f"HMSG {reply} 1 16 16\r\nNATS/1.0 503\r\n\r\n\r\n".encode()


def failing(code: int, number: int) -> Told:
    return lambda _, reply: answer(reply, {"error": {"code": code, "err_code": number, "description": "no"}})


@dataclass
class JetStream:
    """A broker with one stream of everything.

    ``held`` are ids by their places; ``amiss`` answers otherwise, by a word of the API or a subject; ``heard`` are
    questions and published ids in their order.
    """

    held: Mapping[int, str] = field(default_factory=dict)
    last: int = 0
    window: float = 120.0
    size: int = 8
    amiss: Mapping[str, Told] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)

    def __call__(self, subject: str, reply: str, content: bytes) -> bytes:
        word = subject.removeprefix("$JS.API.STREAM.").removesuffix(".S")
        asked = subject.startswith("$JS")
        self.heard.append(word if asked else content.partition(b"Nats-Msg-Id: ")[2].partition(b"\r\n")[0].decode())
        if told := self.amiss.get(word):
            return told(subject, reply)
        if not asked:
            return answer(reply, {"stream": "S", "seq": 77})
        if word == "NAMES":
            return answer(reply, {"streams": ["S"]})
        if word == "INFO":
            state = {"first_seq": 1 if self.last else 0, "last_seq": self.last}
            return answer(reply, {"config": {"duplicate_window": int(self.window * 1_000_000_000)}, "state": state})
        return self._message(reply, orjson.loads(content)["seq"])

    def _message(self, reply: str, place: int) -> bytes:
        if place not in self.held:
            return failing(404, 10037)("", reply)
        headers = base64.b64encode(f"NATS/1.0\r\nNats-Msg-Id: {self.held[place]}\r\n\r\n".encode()).decode()
        kept = {"subject": "orders", "seq": place, "hdrs": headers, "data": "A" * self.size, "time": "now"}
        return answer(reply, {"message": kept})


async def written(stream: JetStream, transport: Transport, *events: tuple[str, str, str]) -> list[str]:
    """What became of events, each a subject, a key, and how it comes: "new", "again" or "expired"."""
    operations = [
        event(subject, key=key, takeover=how != "new", key_expired=how == "expired") for subject, key, how in events
    ]
    async with serving(broker(stream)) as port:
        return codes(await publishing(Nats, f"nats://127.0.0.1:{port}", transport).write(operations))


@pytest.mark.parametrize("told", [denied, nobody, failing(503, 10039)], ids=["denied", "away", "not enabled"])
async def test_who_may_only_publish_sends_again_under_the_same_id(transport: Transport, told: Told) -> None:
    stream = JetStream(amiss={"NAMES": told})
    assert await written(stream, transport, ("orders", "a", "again"), ("orders", "b", "new")) == ["receipt"] * 2
    assert stream.heard == ["NAMES", "a", "b"]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (denied, "auth_failed topic_denied"),
        (nobody, "transient no_responders"),
        (failing(503, 10039), "transient 10039"),
    ],
)
async def test_who_may_not_look_keeps_only_what_has_to_be_looked_for(
    transport: Transport, told: Told, expected: str
) -> None:
    stream = JetStream(amiss={"NAMES": told})
    results = await written(stream, transport, ("orders", "a", "expired"), ("orders", "b", "new"), ("c", "c", "new"))
    assert results == [expected, "receipt", "receipt"]
    assert stream.heard == ["c", "NAMES", "b"]


async def test_a_jetstream_that_answers_nobody_is_away_and_rejects_nothing(transport: Transport) -> None:
    stream = JetStream(amiss={"NAMES": nobody, "orders": nobody})
    assert await written(stream, transport, ("orders", "a", "again")) == ["transient no_responders"]


async def test_an_event_whose_subject_is_denied_does_not_pass_for_a_denied_question(transport: Transport) -> None:
    stream = JetStream(held={1: "old"}, last=1, amiss={"mine": denied})
    results = await written(stream, transport, ("mine", "a", "new"), ("mine", "b", "new"), ("orders", "old", "expired"))
    assert results == ["auth_failed topic_denied", "auth_failed topic_denied", "found"]


@pytest.mark.parametrize(
    ("word", "told", "expected"),
    [
        ("NAMES", failing(500, 10001), "transient 10001"),
        ("INFO", failing(503, 10008), "transient 10008"),
        ("INFO", failing(400, 10003), "rejected 10003"),
        ("INFO", denied, "auth_failed topic_denied"),
        ("MSG.GET", failing(500, 10002), "transient 10002"),
        ("MSG.GET", denied, "auth_failed topic_denied"),
    ],
)
async def test_an_event_is_not_sent_blindly_where_the_look_for_it_failed(
    transport: Transport, word: str, told: Told, expected: str
) -> None:
    stream = JetStream(held={1: "x"}, last=1, amiss={word: told})
    assert await written(stream, transport, ("orders", "a", "expired"), ("c", "c", "new")) == [expected, "receipt"]
    assert "a" not in stream.heard


async def test_a_stream_that_has_gone_meanwhile_is_published_to(transport: Transport) -> None:
    stream = JetStream(amiss={"INFO": failing(404, 10059)})
    assert await written(stream, transport, ("orders", "a", "expired")) == ["receipt"]


async def test_a_stream_is_walked_once_for_all_that_are_looked_for_in_it(transport: Transport) -> None:
    stream = JetStream(held={1: "a", 2: "b", 4: "d"}, last=5)
    wanted = [("orders", key, "expired") for key in "abc"] + [("more", "d", "expired")]
    assert await written(stream, transport, *wanted) == ["found", "found", "receipt", "found"]
    assert stream.heard == ["NAMES", "NAMES", "INFO", *["MSG.GET"] * 5, "c"]


async def test_an_empty_stream_holds_nothing_of_before(transport: Transport) -> None:
    stream = JetStream()
    assert await written(stream, transport, ("orders", "a", "expired")) == ["receipt"]
    assert stream.heard == ["NAMES", "INFO", "a"]


async def test_what_is_new_goes_before_anything_is_looked_for_but_overtakes_nothing_of_its_subject(
    transport: Transport,
) -> None:
    stream = JetStream(window=0.1)
    events = [("a", "1", "new"), ("a", "2", "again"), ("a", "3", "new"), ("b", "4", "new")]
    assert await written(stream, transport, *events) == ["receipt"] * 4
    assert stream.heard == ["1", "4", "NAMES", "INFO", "2", "3"]


async def test_large_messages_in_the_stream_are_looked_through_by_their_headers(transport: Transport) -> None:
    stream = JetStream(held={1: "a", 2: "b"}, last=2, size=2_000_000)
    assert await written(stream, transport, ("orders", "a", "expired"), ("c", "c", "new")) == ["found", "receipt"]


async def test_a_message_that_cannot_be_read_may_be_the_one(transport: Transport) -> None:
    stream = JetStream(held={1: "x"}, last=1, amiss={"MSG.GET": lambda _, reply: answer(reply, [])})
    results = await written(stream, transport, ("orders", "a", "expired"), ("c", "c", "new"))
    assert results == ["rejected key_expired", "receipt"]


@pytest.mark.parametrize(("told", "ok"), [(denied, True), (nobody, False), (failing(503, 10039), False)])
async def test_a_check_does_not_ask_for_more_than_publishing_needs(transport: Transport, told: Told, ok: bool) -> None:
    async with serving(broker(JetStream(amiss={"$JS.API.INFO": told}))) as port:
        health = await publishing(Nats, f"nats://127.0.0.1:{port}", transport).check()
    assert (health.ok, health.version) == (ok, "9.9" if ok else "")
