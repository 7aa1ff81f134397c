"""One connection in RESP2 (https://redis.io/docs/latest/develop/reference/protocol-spec/): commands out, answers in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Self

from connectors.errors import TOPIC_DENIED, AuthFailed, ConnectorError, ContractBroken, Refused, Rejected, Transient
from connectors.streams import LONGEST, Stream

PORTS = {"redis": 6379, "rediss": 6379}
_DEEPEST = 8
#: What each part of an answer costs in memory besides its bytes, about.
_PART = 64
_LONGEST_WORDS = 200
#: Before Redis 7 what went wrong inside a script stands behind where it did.
_IN_A_SCRIPT = re.compile(r"user_script: ?[0-9]+: -?([A-Z]{2,}) ")
#: What a script may not do for its user has no word of its own.
_NO_RIGHTS = re.compile(r"ERR .*(?:user executing the|ACL failure in) script")
#: That it is a key, and no command, that the user has no right to.
_OF_A_KEY = re.compile(r"access (?:a|(?:at least )?one of the) keys?\b")
_SIGNING_IN = re.compile(r"auth|password|not permitted", re.IGNORECASE)

#: The first word of an error → what to do. Any other word is a "no" to this very command.
_MEANING: dict[str, type[ConnectorError]] = {
    "ASK": Refused,
    "BUSY": Transient,
    "CLUSTERDOWN": Transient,
    "LOADING": Transient,
    "MASTERDOWN": Transient,
    "MISCONF": Transient,
    "MOVED": Refused,
    "NOAUTH": AuthFailed,
    "NOPERM": AuthFailed,
    "NOREPLICAS": Transient,
    "OOM": Transient,
    "READONLY": Transient,
    "TRYAGAIN": Transient,
    "WRONGPASS": AuthFailed,
}


@dataclass(frozen=True, slots=True)
class Failure:
    """An error that the server answered with; ``word`` is its first, or the first of a script's inner error."""

    word: str
    words: str

    @classmethod
    def of(cls, line: bytes) -> Self:
        """The error of a line behind its ``-``."""
        words = line.decode("utf-8", "replace")[:_LONGEST_WORDS]
        word = words.partition(" ")[0].upper()
        if word == "ERR" and (inner := _IN_A_SCRIPT.search(words)):
            word = inner[1]
        elif _NO_RIGHTS.match(words):
            word = "NOPERM"
        return cls(word, words)

    def of_the_server(self) -> ConnectorError:
        """The error that it stands for before anything is sent: it says how the server is, or who may use it."""
        if self.word in _MEANING:
            return self.error()
        kind = AuthFailed if _SIGNING_IN.search(self.words) else Transient
        return kind(f"the server said: {self.words}", detail=self.word.lower()[:40])

    def error(self) -> ConnectorError:
        """The error of ours that it stands for."""
        if self.word in {"MOVED", "ASK"}:
            return Refused("this stream is kept by another node of the cluster; redirections are not followed")
        return _MEANING.get(self.word, Rejected)(f"the server said: {self.words}", detail=self._detail())

    def _detail(self) -> str:
        denied = self.word == "NOPERM" and _OF_A_KEY.search(self.words)
        return TOPIC_DENIED if denied else self.word.lower()[:40]


class _Room:
    """What a whole answer may still take up: nothing that is asked for comes near."""

    def __init__(self) -> None:
        self._left = LONGEST

    def take(self, count: int) -> None:
        """Take so many bytes of it. Raises ``ContractBroken`` when there are not as many."""
        self._left -= max(0, count)
        if self._left < 0:
            raise ContractBroken("the server's answer is larger than anything that it was asked for")


class Session:
    """A connection that is signed in and has chosen its database."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self.version = ""

    @classmethod
    async def open(cls, stream: Stream, *, user: str, password: str, database: int) -> Self:
        """Make sure that RESP is spoken, before anything of a user's is sent; then sign in and choose."""
        session = cls(stream)
        greeted = await session._greeted()
        if password:
            await session._prepare(*(("AUTH", user, password) if user else ("AUTH", password)))
        elif isinstance(greeted, Failure):
            raise greeted.error()
        if database:
            await session._prepare("SELECT", str(database))
        return session

    async def ask(self, *command: str | bytes) -> Any:
        """One command and its answer; an error is raised."""
        self.send(*command)
        answer = await self.answer()
        if isinstance(answer, Failure):
            raise answer.error()
        return answer

    def send(self, *command: str | bytes) -> None:
        """Send a command without waiting for its answer."""
        parts = [b"*%d\r\n" % len(command)]
        for word in command:
            raw = word.encode() if isinstance(word, str) else word
            parts.append(b"$%d\r\n%b\r\n" % (len(raw), raw))
        self._stream.write(b"".join(parts))

    async def drain(self) -> None:
        """Wait until the connection takes more."""
        await self._stream.drain()

    async def answer(self) -> Any:
        """The next answer: bytes, a number, a list, ``None``, or a :class:`Failure`."""
        return await self._part(_Room(), 0)

    async def _part(self, room: _Room, depth: int) -> Any:
        line = await self._stream.line()
        room.take(len(line))
        kind, rest = line[:1], line[1:]
        if kind == b"+":
            return rest
        if kind == b"-":
            return Failure.of(rest)
        number = _number(rest)
        if kind == b":":
            return number
        if kind == b"$":
            room.take(number)
            return None if number < 0 else (await self._stream.exactly(number + 2))[:-2]
        if kind == b"*" and depth < _DEEPEST:
            room.take(number * _PART)
            return None if number < 0 else [await self._part(room, depth + 1) for _ in range(number)]
        raise ContractBroken("the server does not speak RESP2")

    async def close(self) -> None:
        """Close."""
        await self._stream.close()

    async def _greeted(self) -> Any:
        self.send("PING")
        answer = await self.answer()
        if answer == b"PONG" or (isinstance(answer, Failure) and answer.word in {"NOAUTH", "NOPERM"}):
            return answer
        if isinstance(answer, Failure):
            raise answer.of_the_server()
        raise ContractBroken("the server does not speak RESP2")

    async def _prepare(self, *command: str) -> None:
        """One command before any event's: an error says what is wrong with the connection, for all of them."""
        self.send(*command)
        answer = await self.answer()
        if isinstance(answer, Failure):
            raise answer.of_the_server()


def _number(raw: bytes) -> int:
    try:
        return int(raw)
    except ValueError:
        raise ContractBroken("the server does not speak RESP2") from None
