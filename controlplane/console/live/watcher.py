"""One watcher a process: what has changed of all that is followed here, and who is told of it, in turn.

It looks no more often for many readers than for one. What readers fetch after a hint costs far more than the hint, so
hints leave at a bounded rate: a few readers are told at once, five hundred of a busy hour one after the other, each of
all that has changed by then. Whoever has not been told stays in the line, so all of them see the truth in the end.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Collection, Mapping
from contextlib import suppress
from typing import Protocol
from uuid import UUID

from channels.db import database_sync_to_async
from django.db import Error

from controlplane.console.live.line import Line
from controlplane.console.live.topics import Topic
from controlplane.foundation.logs import logger
from controlplane.foundation.metrics import LIVE_HINTS, LIVE_SOCKETS
from controlplane.people.standing import Standing, signed_in, standings

log = logger(__name__)

#: Seconds between two looks; kinds of topics may be looked at more rarely.
LOOK_SECONDS = 1.0
#: Hints that leave this process in a second, to all readers together: so many parts of pages it makes beside its work.
HINTS_PER_SECOND = 10
#: Seconds after which it is asked again whether a reader may still be here.
STANDING_SECONDS = 30.0
#: Seconds between two signs of life; a page that hears none for much longer says that it is not live.
BEAT_SECONDS = 15.0
#: A reader that takes no message for so long is gone.
DEAF_SECONDS = 10.0
#: Sockets of this process, and of one account.
MOST_SOCKETS = 2000
MOST_OF_AN_ACCOUNT = 40

#: Why a socket is closed (RFC 6455, 7.4): ours, and "try again later".
SESSION_ENDED, RIGHTS_CHANGED, TOO_MANY, NOT_NOW = 4401, 4403, 4429, 1013


class Reader(Protocol):
    """Somebody's page, at the other end of a socket."""

    account: UUID
    session: str
    standing: Standing

    async def tell(self, changed: Collection[Topic]) -> None:
        """Say what has changed since it was told last."""

    async def beat(self) -> None:
        """Say that nothing was missed so far."""

    async def end(self, code: int) -> None:
        """Close, and say why."""


class Watcher:
    """Who follows what, and what was seen of it last."""

    def __init__(self) -> None:
        self._follows: dict[Reader, frozenset[Topic]] = {}
        self._begun: dict[Reader, set[Topic]] = defaultdict(set)
        self._line: Line[Reader] = Line()
        self._seen: dict[Topic, str | None] = {}
        self._looked: dict[str, float] = {}
        self._somebody = asyncio.Event()
        self._rounds: list[asyncio.Task[None]] = []
        self._messages: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._follows)

    # -- readers come, follow and leave ----------------------------------------------------------------

    def join(self, reader: Reader) -> int | None:
        """Take a reader in; the code to close with where there is no room."""
        if len(self) >= MOST_SOCKETS:
            return NOT_NOW
        if Counter(other.account for other in self._follows)[reader.account] >= MOST_OF_AN_ACCOUNT:
            return TOO_MANY
        self._follows[reader] = frozenset()
        LIVE_SOCKETS.set(len(self))
        if not self._rounds:
            self._somebody = asyncio.Event()  # it belongs to the loop that it is waited for on
            self._rounds = [asyncio.create_task(self._look_on()), asyncio.create_task(self._tell_on())]
        return None

    def follow(self, reader: Reader, topics: Collection[Topic]) -> None:
        """From now on it follows these, and no others."""
        if reader in self._follows:
            begun = frozenset(topics) - self._follows[reader]
            self._follows[reader] = frozenset(topics)
            self._begun[reader].update(topic for topic in begun if topic.how.catches_up)

    def leave(self, reader: Reader) -> None:
        """It is gone; once the last is, nothing is looked at any more."""
        self._follows.pop(reader, None)
        self._begun.pop(reader, None)
        self._line.remove(reader)
        LIVE_SOCKETS.set(len(self))
        if not self._follows:
            self._rest()

    async def stop(self) -> None:
        """The process ends."""
        rounds = self._rounds
        self._rest()
        for task in rounds:
            with suppress(asyncio.CancelledError):
                await task

    def _rest(self) -> None:
        for task in self._rounds:
            task.cancel()
        self._rounds = []
        self._seen.clear()
        self._looked.clear()

    # -- looking -------------------------------------------------------------------------------------------

    async def _look_on(self) -> None:
        clock = asyncio.get_running_loop().time
        judged = beaten = clock()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.look(clock())
                if clock() - judged >= STANDING_SECONDS:
                    judged = clock()
                    await self.judge()
            except Error as error:
                log.warning("live.blind", error=type(error).__name__, sockets=len(self))
                self._end_all(NOT_NOW)  # pages ask by themselves until they find a socket that sees again
                return
            except Exception:
                log.exception("live.defect", sockets=len(self))
                self._end_all(NOT_NOW)  # or pages would say that they follow while nobody looks
                return
            if clock() - beaten >= BEAT_SECONDS:
                beaten = clock()
                for reader in self._follows:
                    self._say(reader, reader.beat())

    async def look(self, now: float) -> None:
        """Ask for the versions of what is followed and due, and put in the line whoever follows what has changed."""
        begun, self._begun = self._begun, defaultdict(set)
        followed = {topic for topics in self._follows.values() for topic in topics}
        self._seen = {topic: version for topic, version in self._seen.items() if topic in followed}
        changed: set[Topic] = set()
        for kind, keys in self._due(followed, now).items():
            versions = await database_sync_to_async(Topic(kind).how.versions)(keys)
            changed.update(topic for key in keys if self._differs(topic := Topic(kind, key), versions.get(key)))
        for reader, topics in self._follows.items():
            # Who has begun is told only now that the topic has been seen: told before, it could fetch what is older
            # than what was seen first, and would never hear of the difference.
            self._put_in_line(reader, topics & (changed | begun.get(reader, set())))

    def _due(self, topics: Collection[Topic], now: float) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        due = {kind for kind in {topic.kind for topic in topics} if self._is_due(kind, now)}
        for topic in topics:
            if topic.kind in due or topic not in self._seen:
                found[topic.kind].append(topic.key)
        self._looked.update(dict.fromkeys(due, now))
        return found

    def _is_due(self, kind: str, now: float) -> bool:
        every = Topic(kind).how.every
        return now - self._looked.get(kind, -every) >= every

    def _differs(self, topic: Topic, version: str | None) -> bool:
        before = self._seen.get(topic, version)
        self._seen[topic] = version
        return version != before

    async def judge(self) -> None:
        """End the sockets of those whose session is over, or whose rights are not what they were."""
        readers = list(self._follows)
        standing = await database_sync_to_async(standings)({reader.account for reader in readers})
        living = await database_sync_to_async(signed_in)({reader.session for reader in readers})
        for reader in readers:
            now = standing.get(reader.account)
            if now is None or reader.session not in living or now.proof != reader.standing.proof:
                self._end(reader, SESSION_ENDED)
            elif now != reader.standing:
                self._end(reader, RIGHTS_CHANGED)

    # -- telling -------------------------------------------------------------------------------------------

    async def _tell_on(self) -> None:
        while True:
            await self._somebody.wait()
            self.tell()
            await asyncio.sleep(1 / HINTS_PER_SECOND)

    def tell(self) -> None:
        """Tell whose turn it is."""
        if turn := self._line.take():
            LIVE_HINTS.inc()
            self._say(turn.reader, turn.reader.tell(turn.changed))
        if not self._line:
            self._somebody.clear()

    def _put_in_line(self, reader: Reader, changed: Collection[Topic]) -> None:
        if changed:
            self._line.add(reader, changed)
            self._somebody.set()

    def _end_all(self, code: int) -> None:
        for reader in list(self._follows):
            self._end(reader, code)

    def _end(self, reader: Reader, code: int) -> None:
        self._say(reader, reader.end(code))
        self.leave(reader)

    def _say(self, reader: Reader, message: Awaitable[None]) -> None:
        task = asyncio.ensure_future(self._within_time(reader, message))
        self._messages.add(task)  # the loop itself keeps no hold of a task
        task.add_done_callback(self._messages.discard)

    async def _within_time(self, reader: Reader, message: Awaitable[None]) -> None:
        """One that does not read holds up nobody else, and not for long."""
        try:
            await asyncio.wait_for(message, DEAF_SECONDS)
        except (TimeoutError, OSError, RuntimeError):  # the last is uvicorn's, of a socket closed meanwhile
            self.leave(reader)
