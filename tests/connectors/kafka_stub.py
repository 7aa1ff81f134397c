"""A Kafka cluster of a few lines on loopback: it tells where it is, lets in whom it knows, answers batches as told."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import re
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from connectors.kafka.wire import Reader, array, int16, int32, octets, text
from tests.connectors.brokers import serving

#: Requests by number.
PRODUCE, METADATA, HANDSHAKE, VERSIONS, AUTHENTICATE = 0, 3, 17, 18, 36
SPOKEN = {PRODUCE: (3, 9), METADATA: (0, 12), HANDSHAKE: (0, 1), VERSIONS: (0, 3), AUTHENTICATE: (0, 2)}
FIRST_OFFSET = 40


@dataclass(frozen=True)
class Sent:
    """A batch that came: to which node and partition, and the ids of its events."""

    node: int
    topic: str
    partition: int
    ids: tuple[str, ...]


#: What is answered to a batch: an error's number, or nothing of it.
Judge = Callable[[Sent], int | None]


@dataclass
class Cluster:
    """Settings of a cluster, and what it heard.

    ``leaders`` has, for each topic, the node that leads each partition, ``None`` for nobody; ``named`` are addresses to
    tell instead of the true ones. ``raw`` answers a produce with these very bytes and a closed connection.
    """

    leaders: dict[str, list[int | None]] = field(default_factory=lambda: {"orders": [0]})
    judge: Judge = lambda _: 0
    errors: Mapping[str, int] = field(default_factory=dict)
    named: Mapping[int, tuple[str, int]] = field(default_factory=dict)
    spoken: Mapping[int, tuple[int, int]] = field(default_factory=lambda: SPOKEN)
    throttle: int = 0
    raw: bytes | None = None
    passwords: Mapping[str, str] = field(default_factory=dict)
    mechanisms: tuple[str, ...] = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
    iterations: str = "4096"
    proves_itself: bool = True
    heard: list[tuple[int, int]] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    ports: list[int] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The address of the first node."""
        return f"kafka://127.0.0.1:{self.ports[0]}"


@asynccontextmanager
async def standing(cluster: Cluster, nodes: int = 1, context: ssl.SSLContext | None = None) -> AsyncIterator[Cluster]:
    """The cluster's nodes, each on a port of its own; under TLS with ``context``."""
    async with AsyncExitStack() as stack:
        for number in range(nodes):
            cluster.ports.append(await stack.enter_async_context(serving(_Node(cluster, number).serve, context)))
        yield cluster


class _Node:
    def __init__(self, cluster: Cluster, number: int) -> None:
        self.cluster = cluster
        self.number = number

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        login = _Login(self.cluster)
        while True:
            request = Reader(await reader.readexactly(Reader(await reader.readexactly(4)).int32()))
            key, _version, correlation = request.int16(), request.int16(), request.int32()
            assert request.text() == "interlock"
            self.cluster.heard.append((self.number, key))
            if key == PRODUCE and self.cluster.raw is not None:
                writer.write(self.cluster.raw)
                return
            if self.cluster.passwords and key in {METADATA, PRODUCE} and not login.done:
                return
            body = self._answer(key, request, login)
            if body is not None:
                writer.write(octets(int32(correlation) + body))

    def _answer(self, key: int, request: Reader, login: _Login) -> bytes | None:
        if key == VERSIONS:
            spoken = self.cluster.spoken.items()
            return int16(0) + array(int16(one) + int16(least) + int16(most) for one, (least, most) in spoken)
        if key == METADATA:
            return self._metadata(request.array(request.text))
        if key == HANDSHAKE:
            return login.handshake(request.text())
        return login.answer(request.octets()) if key == AUTHENTICATE else self._produce(request)

    def _metadata(self, topics: list[str]) -> bytes:
        nodes = [
            int32(number) + text(host) + int32(port) + text(None)
            for number, own in enumerate(self.cluster.ports)
            for host, port in (self.cluster.named.get(number, ("127.0.0.1", own)),)
        ]
        return int32(0) + array(nodes) + text("stub") + int32(0) + array(self._topic(name) for name in topics)

    def _topic(self, name: str) -> bytes:
        error = self.cluster.errors.get(name, 0 if name in self.cluster.leaders else 3)
        partitions = [
            int16(0 if leader is not None else 5)
            + int32(number)
            + int32(-1 if leader is None else leader)
            + int32(0) * 2
            for number, leader in enumerate(self.cluster.leaders.get(name, []))
        ]
        return int16(error) + text(name) + b"\x00" + array(partitions)

    def _produce(self, request: Reader) -> bytes | None:
        assert request.text() == ""
        assert request.int16() == -1
        request.int32()
        answers: dict[str, list[bytes]] = {}
        for topic, partition, batch in (one for listed in request.array(lambda: _batches(request)) for one in listed):
            sent = Sent(
                self.number, topic, partition, tuple(re.findall(r"\x0ace_id.([a-z]+\d*)", batch.decode("latin-1")))
            )
            self.cluster.sent.append(sent)
            self.cluster.bodies.append(batch)
            error = self.cluster.judge(sent)
            if error is not None:
                told = int32(partition) + int16(error) + (FIRST_OFFSET if not error else -1).to_bytes(8, signed=True)
                answers.setdefault(topic, []).append(told + bytes(16))
        if not answers:
            return None
        return array(text(topic) + array(told) for topic, told in answers.items()) + int32(self.cluster.throttle)


def _batches(request: Reader) -> list[tuple[str, int, bytes]]:
    topic = request.text()
    return request.array(lambda: (topic, request.int32(), request.octets()))


class _Login:
    """The server's side of a sign-in, as RFC 5802 has it."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.done = False
        self.mechanism = ""
        self.words: list[str] = []
        self.user = ""

    def handshake(self, mechanism: str) -> bytes:
        self.mechanism = mechanism
        known = mechanism in self.cluster.mechanisms
        return int16(0 if known else 33) + array(text(one) for one in self.cluster.mechanisms)

    def answer(self, word: bytes) -> bytes:
        told = self._plain(word) if self.mechanism == "PLAIN" else self._scram(word.decode())
        if told is None:
            return int16(58) + text(f"no: {word!r}") + octets(b"")
        return int16(0) + text(None) + octets(told)

    def _plain(self, word: bytes) -> bytes | None:
        _, user, password = word.decode().split("\x00")
        self.done = self.cluster.passwords.get(user) == password
        return b"" if self.done else None

    def _scram(self, word: str) -> bytes | None:
        if not self.words:
            bare = word.removeprefix("n,,")
            self.user = bare.partition(",r=")[0].removeprefix("n=").replace("=2C", ",").replace("=3D", "=")
            salted = (
                f"r={bare.partition(',r=')[2]}theirs,s={base64.b64encode(b'salt').decode()},i={self.cluster.iterations}"
            )
            self.words = [bare, salted]
            return salted.encode()
        unproved, _, proof = word.rpartition(",p=")
        return self._proved(",".join([*self.words, unproved]).encode(), base64.b64decode(proof))

    def _proved(self, signed: bytes, proof: bytes) -> bytes | None:
        name = self.mechanism.removeprefix("SCRAM-").replace("-", "").lower()
        salted = hashlib.pbkdf2_hmac(name, self.cluster.passwords.get(self.user, "").encode(), b"salt", 4096)
        stored = hashlib.new(name, hmac.digest(salted, b"Client Key", name)).digest()
        signature = hmac.digest(stored, signed, name)
        client = bytes(a ^ b for a, b in zip(proof, signature, strict=True))
        if hashlib.new(name, client).digest() != stored:
            return None
        self.done = True
        known = hmac.digest(hmac.digest(salted, b"Server Key", name), signed, name)
        return b"v=" + base64.b64encode(known if self.cluster.proves_itself else bytes(len(known)))
