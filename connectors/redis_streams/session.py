"""One connection in RESP2 (https://redis.io/docs/latest/develop/reference/protocol-spec/): commands out, answers in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from connectors.errors import AuthFailed, ConnectorError, ContractBroken, Refused, Rejected, Transient
from connectors.streams import Stream

PORTS = {"redis": 6379, "rediss": 6379}
_DEEPEST = 8
_LONGEST_LIST = 100_000
_LONGEST_WORDS = 200

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
    """An error that the server answered with; ``word`` is its first."""

    word: str
    words: str

    def error(self) -> ConnectorError:
        """The error of ours that it stands for."""
        if self.word in {"MOVED", "ASK"}:
            return Refused("this stream is kept by another node of the cluster; redirections are not followed")
        return _MEANING.get(self.word, Rejected)(f"the server said: {self.words}", detail=self.word.lower()[:40])


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
            await session.ask(*(("AUTH", user, password) if user else ("AUTH", password)))
        elif isinstance(greeted, Failure):
            raise greeted.error()
        if database:
            await session.ask("SELECT", str(database))
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

    async def answer(self, depth: int = 0) -> Any:
        """The next answer: bytes, a number, a list, ``None``, or a :class:`Failure`."""
        line = await self._stream.line()
        kind, rest = line[:1], line[1:]
        if kind == b"+":
            return rest
        if kind == b"-":
            words = rest.decode("utf-8", "replace")[:_LONGEST_WORDS]
            return Failure(words.partition(" ")[0].upper(), words)
        number = _number(rest)
        if kind == b":":
            return number
        if kind == b"$":
            return None if number < 0 else (await self._stream.exactly(number + 2))[:-2]
        if kind == b"*" and depth < _DEEPEST and number <= _LONGEST_LIST:
            return None if number < 0 else [await self.answer(depth + 1) for _ in range(number)]
        raise ContractBroken("the server does not speak RESP2")

    async def close(self) -> None:
        """Close."""
        await self._stream.close()

    async def _greeted(self) -> Any:
        self.send("PING")
        answer = await self.answer()
        if answer == b"PONG" or (isinstance(answer, Failure) and answer.word in {"NOAUTH", "NOPERM"}):
            return answer
        raise answer.error() if isinstance(answer, Failure) else ContractBroken("the server does not speak RESP2")


def _number(raw: bytes) -> int:
    try:
        return int(raw)
    except ValueError:
        raise ContractBroken("the server does not speak RESP2") from None
