"""One connection to one broker of a cluster (https://kafka.apache.org/protocol): greet, sign in, ask where, produce.

One version of each request is spoken, which brokers since Kafka 2.1 have. The session knows batches of bytes and
nothing of events.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

from connectors.errors import AuthFailed, ContractBroken, Refused, Transient
from connectors.kafka.scram import HASHES, Scram, plain
from connectors.kafka.wire import Reader, array, int16, int32, octets, text
from connectors.streams import Gone, Stream

PORTS = {"kafka": 9092, "kafkas": 9093}
MECHANISMS = ("PLAIN", *HASHES)
ALL_IN_SYNC = -1
_CLIENT = "interlock"


class Request(NamedTuple):
    """A kind of request, and the one version of it that is spoken."""

    name: str
    key: int
    version: int


PRODUCE = Request("Produce", 0, 7)
METADATA = Request("Metadata", 3, 4)
HANDSHAKE = Request("SaslHandshake", 17, 1)
VERSIONS = Request("ApiVersions", 18, 0)
AUTHENTICATE = Request("SaslAuthenticate", 36, 0)

_UNSUPPORTED_MECHANISM = 33


class Place(NamedTuple):
    """A partition of a topic."""

    topic: str
    partition: int


@dataclass(frozen=True, slots=True)
class Login:
    """Who signs in and how; nobody does where ``user`` is empty. Shows no password."""

    user: str
    password: str
    mechanism: str

    def __repr__(self) -> str:
        return f"Login({self.mechanism})"


@dataclass(frozen=True, slots=True)
class Node:
    """A broker where the cluster says that it is, which nobody has judged yet."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Topic:
    """What is known of a topic: an error's number, or each partition's leader, ``None`` where there is none."""

    error: int
    leaders: Mapping[int, Node | None]


@dataclass(frozen=True, slots=True)
class Cluster:
    """What one broker knows of all: its nodes, and the topics that were asked for."""

    nodes: Sequence[Node]
    topics: Mapping[str, Topic]


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a batch: an error's number, or 0 and the place of its first record."""

    error: int
    offset: int


class Session:
    """A connection that is signed in."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._asked = 0
        self._signed_in = False

    @classmethod
    async def open(cls, stream: Stream, login: Login) -> Self:
        """Make sure that Kafka is spoken, before anything of a user's is sent; then sign in.

        Raises ``AuthFailed``, ``ContractBroken``, ``Refused`` or ``Gone``.
        """
        session = cls(stream)
        await session._greet((METADATA, PRODUCE, *((HANDSHAKE, AUTHENTICATE) if login.user else ())))
        if login.user:
            await session._sign_in(login)
        return session

    async def find(self, topics: Sequence[str]) -> Cluster:
        """The cluster's nodes, and who leads what of ``topics``. None of them is made by asking."""
        body = array(text(topic) for topic in topics) + b"\x00"
        try:
            return _cluster(await self._ask(METADATA, body))
        except Gone:
            if self._signed_in:
                raise
            raise Transient(
                "the broker closed the connection when it was asked for its topics; nothing was sent. One that asks "
                "for a sign-in does so: the setting user says who signs in"
            ) from None

    async def produce(self, batches: Mapping[Place, bytes], patience: int) -> tuple[dict[Place, Written], float]:
        """Write a batch to each place, kept by all in-sync replicas within ``patience`` milliseconds.

        Gives what became of each, and for how many seconds the broker wants nothing more.
        """
        head = text(None) + int16(ALL_IN_SYNC) + int32(patience)
        parts: dict[str, list[bytes]] = {}
        for place, batch in batches.items():
            parts.setdefault(place.topic, []).append(int32(place.partition) + octets(batch))
        answer = await self._ask(PRODUCE, head + array(text(topic) + array(listed) for topic, listed in parts.items()))
        found = {place: written for listed in answer.array(lambda: _written(answer)) for place, written in listed}
        return found, max(0, answer.int32()) / 1000

    async def close(self) -> None:
        """Close; the protocol has no good-bye."""
        await self._stream.close()

    async def _greet(self, needed: Sequence[Request]) -> None:
        answer = await self._ask(VERSIONS, b"")
        error = answer.int16()
        spoken = {key: range(least, most + 1) for key, least, most in answer.array(lambda: _numbers(answer))}
        lacking = [one for one in needed if one.version not in spoken.get(one.key, ())]
        if error or lacking:
            what = f"{lacking[0].name} in version {lacking[0].version}" if lacking else "its versions"
            raise ContractBroken(f"the broker does not speak {what}; those since Kafka 2.1 do")

    async def _sign_in(self, login: Login) -> None:
        handshake = await self._ask(HANDSHAKE, text(login.mechanism))
        error, offered = handshake.int16(), handshake.array(handshake.text)
        if error == _UNSUPPORTED_MECHANISM:
            known = ", ".join(one for one in MECHANISMS if one in offered) or "none that is spoken here"
            raise Refused(f"the broker does not sign in by {login.mechanism}; it offers {known}: see mechanism")
        if error:
            raise AuthFailed(f"the broker refuses to sign anybody in ({error})", detail=str(error))
        if login.mechanism == "PLAIN":
            await self._prove(plain(login.user, login.password))
        else:
            scram = Scram(login.mechanism, login.user, login.password)
            scram.check(await self._prove(scram.final(await self._prove(scram.first()))))
        self._signed_in = True

    async def _prove(self, word: bytes) -> bytes:
        """One word of a sign-in and the broker's answer. What it says of a failure could repeat the word."""
        answer = await self._ask(AUTHENTICATE, octets(word))
        if error := answer.int16():
            raise AuthFailed("the broker refuses the user or the password", detail=str(error))
        answer.text()
        return answer.octets()

    async def _ask(self, request: Request, body: bytes) -> Reader:
        """One request and its answer; nothing else is under way on this connection."""
        self._asked += 1
        head = int16(request.key) + int16(request.version) + int32(self._asked) + text(_CLIENT)
        self._stream.write(octets(head + body))
        await self._stream.drain()
        announced = Reader(await self._stream.exactly(4)).int32()
        answer = Reader(await self._stream.exactly(max(0, announced)))
        if answer.int32() != self._asked:
            raise ContractBroken("the broker answers what it was not asked")
        return answer


def _numbers(answer: Reader) -> tuple[int, int, int]:
    return answer.int16(), answer.int16(), answer.int16()


def _cluster(answer: Reader) -> Cluster:
    answer.int32()  # throttled for so long, which concerns who asks often
    nodes = dict(answer.array(lambda: _node(answer)))
    answer.text()
    answer.int32()
    return Cluster(tuple(nodes.values()), dict(answer.array(lambda: _topic(answer, nodes))))


def _node(answer: Reader) -> tuple[int, Node]:
    number, node = answer.int32(), Node(answer.text(), answer.int32())
    answer.text()
    return number, node


def _topic(answer: Reader, nodes: Mapping[int, Node]) -> tuple[str, Topic]:
    error, name = answer.int16(), answer.text()
    answer.int8()
    leaders = dict(answer.array(lambda: _leader(answer)))
    return name, Topic(error, {number: nodes.get(leader) for number, leader in leaders.items()})


def _leader(answer: Reader) -> tuple[int, int]:
    """Partition and node. Its error is left aside: a missing replica is no reason not to write to the leader."""
    answer.int16()
    number, leader = answer.int32(), answer.int32()
    for _ in ("replicas", "in sync"):
        answer.array(answer.int32)
    return number, leader


def _written(answer: Reader) -> list[tuple[Place, Written]]:
    topic = answer.text()
    return answer.array(lambda: _of_partition(answer, topic))


def _of_partition(answer: Reader, topic: str) -> tuple[Place, Written]:
    place = Place(topic, answer.int32())
    written = Written(answer.int16(), answer.int64())
    answer.int64()
    answer.int64()
    return place, written
