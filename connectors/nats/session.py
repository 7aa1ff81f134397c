"""One NATS connection (https://docs.nats.io/reference/reference-protocols/nats-protocol): sign in, publish, ask.

Only what publishing needs. Servers that the broker names in its INFO are never connected to: the guard judged one
address, and another could be anywhere.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import orjson

from connectors import __version__
from connectors.errors import (
    TOPIC_DENIED,
    AuthFailed,
    ConnectorError,
    ContractBroken,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Rejected,
    Transient,
)
from connectors.streams import LONGEST, Stream

PORTS = {"nats": 4222, "tls": 4222}
_VERSION = b"NATS/1.0"
_LONGEST_WORDS = 200
#: Of a longer answer only the beginning is kept, and of one beyond this nothing is read.
_MOST_SKIPPED = 96 * 1024 * 1024
#: The status of an answer that nobody gave.
NO_RESPONDERS = 503
#: Details of the errors that say that this user has no way to JetStream's API, besides ``TOPIC_DENIED``.
AWAY, NOT_ENABLED = "no_responders", "10039"
#: The stream's number for an id whose first message is still being replicated; later it is a duplicate, or is not.
_IN_PROCESS = 10158
_TIMED_OUT, _TOO_MANY, _OF_THE_SERVER = 408, 429, 500


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back to our inbox: ``number`` of the request, the status in its headers (0 for none), its bytes.

    Of one that is not ``whole`` these are the first.
    """

    number: int
    status: int
    body: bytes
    whole: bool = True

    def document(self) -> dict[str, Any]:
        """The JSON object in it; of a kept message that is not whole, what comes before its data.

        Raises ``ContractBroken``.
        """
        body = self.body if self.whole else self.body.partition(b',"data":')[0] + b"}}"
        try:
            found = orjson.loads(body)
        except orjson.JSONDecodeError:
            found = None
        if not isinstance(found, dict):
            raise ContractBroken("the broker's answer is not a JSON object", body=self.body[:1024])
        return found


class Denied(Exception):
    """The user may not publish to ``subject``; the connection goes on."""

    def __init__(self, subject: str) -> None:
        super().__init__(subject)
        self.subject = subject


class Session:
    """A connection that is signed in and listens to an inbox of its own."""

    def __init__(self, stream: Stream, known: Mapping[str, Any]) -> None:
        self._stream = stream
        self._inbox = f"_INBOX.{secrets.token_hex(11)}"
        self.version = str(known.get("version", ""))[:40]
        #: The largest message that the broker takes, headers included.
        self.max_payload = int(known.get("max_payload", 0)) or 1_048_576
        #: Bytes of all answers so far.
        self.heard = 0
        #: Whether a question found nobody to answer it.
        self.away = False
        self._asked = 0

    @classmethod
    async def open(cls, stream: Stream, credentials: Mapping[str, str], context: Any | None) -> Self:
        """Read the greeting, encrypt where ``context`` is given, sign in. Raises errors of ours or ``Gone``."""
        known = await _greeting(stream)
        if context is not None:
            if not (known.get("tls_required") or known.get("tls_available")):
                raise Refused("the broker offers no TLS, and the address asks for it")
            await stream.encrypt(context)
        elif known.get("tls_required"):
            raise Refused("the broker asks for TLS: write the address with tls://")
        session = cls(stream, known)
        about = {"lang": "python", "version": __version__, "name": "interlock", "protocol": 1, "verbose": False}
        options = {**about, "pedantic": False, "headers": True, "no_responders": True, "echo": False, **credentials}
        stream.write(b"CONNECT " + orjson.dumps(options) + b"\r\nPING\r\n")
        await session._signed_in()
        stream.write(f"SUB {session._inbox}.* 1\r\n".encode())
        return session

    def publish(self, number: int, subject: str, headers: Mapping[str, str], body: bytes) -> None:
        """Send a message whose answer carries ``number``."""
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = _VERSION + b"\r\n" + lines.encode() + b"\r\n"
        line = f"HPUB {subject} {self._inbox}.{number} {len(head)} {len(head) + len(body)}\r\n"
        self._stream.write(line.encode() + head + body + b"\r\n")

    async def drain(self) -> None:
        """Wait until the connection takes more."""
        await self._stream.drain()

    async def ask(self, subject: str, document: Any) -> dict[str, Any]:
        """One question to JetStream's API and its answer. Raises the error that it stands for."""
        (answer,) = await self.ask_all(subject, [document])
        if isinstance(answer, ConnectorError):
            raise answer
        return answer

    async def ask_all(self, subject: str, documents: Sequence[Any]) -> list[dict[str, Any] | ConnectorError]:
        """Several questions of one kind under way together; to each its answer, or the error that it stands for.

        Raises only what leaves the connection of no use.
        """
        numbers = [self._ask(subject, document) for document in documents]
        answers: dict[int, dict[str, Any] | ConnectorError] = {}
        while len(answers) < len(numbers):
            try:
                reply = await self.reply()
            except Denied as denied:
                if denied.subject != subject:  # of a message before, whose fate is settled
                    continue
                return [AuthFailed(f"this user may not publish to {subject}", detail=TOPIC_DENIED)] * len(numbers)
            if reply.number in numbers:
                answers[reply.number] = self._answer(reply)
        return [answers[number] for number in numbers]

    def _ask(self, subject: str, document: Any) -> int:
        """The question's number: below zero, where no message's is."""
        self._asked -= 1
        body = orjson.dumps(document)
        line = f"PUB {subject} {self._inbox}.{self._asked} {len(body)}\r\n"
        self._stream.write(line.encode() + body + b"\r\n")
        return self._asked

    def _answer(self, reply: Reply) -> dict[str, Any] | ConnectorError:
        if reply.status == NO_RESPONDERS:
            self.away = True
            return Transient("nobody answers for JetStream's API", detail=AWAY)
        if reply.status:
            return Transient(f"the broker's JetStream does not answer ({reply.status})")
        try:
            document = reply.document()
        except ContractBroken as error:
            return error
        return refused(document["error"], reply.body) if document.get("error") else document

    async def reply(self) -> Reply:
        """The next answer. Raises :class:`Denied`, ``AuthFailed``, ``ContractBroken`` or ``Gone``."""
        while True:
            line = await self._stream.line()
            word, *rest = line.split()
            verb = word.upper()
            if verb == b"PING":
                self._stream.write(b"PONG\r\n")
            elif verb == b"-ERR":
                raise _refusal(line)
            elif verb in {b"MSG", b"HMSG"}:
                return await self._message(verb, rest)
            elif verb not in {b"INFO", b"PONG", b"+OK"}:
                raise ContractBroken("the broker does not speak NATS")

    async def close(self) -> None:
        """Close; the protocol has no good-bye."""
        await self._stream.close()

    async def _signed_in(self) -> None:
        while True:
            line = (await self._stream.line()).strip()
            if line.upper() == b"PONG":
                return
            if line.upper().startswith(b"-ERR"):
                raise _refusal(line)

    async def _message(self, verb: bytes, rest: list[bytes]) -> Reply:
        """``MSG subject sid size`` or ``HMSG subject sid head total``, and the bytes after it."""
        try:
            number = int(rest[0].rpartition(b".")[2])
            head, total = (int(rest[-2]), int(rest[-1])) if verb == b"HMSG" else (0, int(rest[-1]))
        except (ValueError, IndexError):
            raise ContractBroken("the broker sends a message that cannot be read") from None
        if not 0 <= head <= total <= _MOST_SKIPPED:
            raise ContractBroken(f"the broker announces {total} bytes, which is more than it has to say")
        content = await self._stream.exactly(min(total, LONGEST))
        await self._stream.skip(total - len(content) + 2)
        self.heard += total
        return Reply(number, _status(content[:head]), content[head:], whole=len(content) == total)


async def _greeting(stream: Stream) -> Mapping[str, Any]:
    line = await stream.line()
    try:
        found = orjson.loads(line.removeprefix(b"INFO "))
    except orjson.JSONDecodeError:
        found = None
    if not line.startswith(b"INFO ") or not isinstance(found, dict):
        raise ContractBroken("the broker does not speak NATS")
    if not found.get("headers") or not isinstance(found.get("max_payload", 0), int):
        raise ContractBroken("the broker is too old: it knows no headers (NATS 2.2 does)")
    return found


def _status(head: bytes) -> int:
    """``NATS/1.0 503`` → 503; 0 for plain headers."""
    words = head.partition(b"\r\n")[0].split()
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else 0


def refused(error: Any, body: bytes) -> ConnectorError:
    """For JetStream's error object: its code is like an HTTP status."""
    told: Mapping[str, Any] = error if isinstance(error, dict) else {}
    words = f"the stream said: {str(told.get('description', 'no reason'))[:_LONGEST_WORDS]}"
    number = told.get("err_code", "")
    kind = OutcomeUnknown if number == _IN_PROCESS else _kind_of(told.get("code"))
    return kind(words, detail=str(number)[:20], body=body[:1024])


def _kind_of(code: Any) -> type[ConnectorError]:
    if code == _TOO_MANY:
        return RateLimited
    passing = isinstance(code, int) and (code == _TIMED_OUT or code >= _OF_THE_SERVER)
    return Transient if passing else Rejected


def _refusal(line: bytes) -> Exception:
    """The error for ``-ERR 'Authorization Violation'`` and its like."""
    told = line[4:].decode("utf-8", "replace").strip().strip("'")
    words, lower = told[:_LONGEST_WORDS], told[:_LONGEST_WORDS].lower()
    if lower.startswith("permissions violation for publish"):
        return Denied(told.partition('"')[2].rpartition('"')[0])
    if "authorization" in lower or "authentication" in lower or "permissions" in lower or "expired" in lower:
        return AuthFailed(f"the broker said: {words}")
    kind: type[ConnectorError] = ContractBroken if "protocol" in lower or "parser" in lower else Transient
    return kind(f"the broker said: {words}")
