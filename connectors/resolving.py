"""Names → addresses, by the system's resolver, for both doors: in threads of its own, which nothing else waits for.

The event loop's own threads are few. A handful of names whose name server says nothing would have all of them, and no
name of anybody else would be resolved meanwhile.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections import defaultdict, deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

#: Threads begin when they are needed: only as many stand still as there are look-ups that nobody answers.
THREADS = 64
#: Look-ups of one name under way at once; others of the same name wait behind them, for as long as they may.
OF_ONE_NAME = 2

#: What ``socket.getaddrinfo`` gives for each address.
Found = list[tuple[Any, ...]]

_NUMERIC = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
#: Of the family of addresses that this machine has one of itself.
_REACHABLE = socket.AI_ADDRCONFIG & getattr(socket, "AI_MASK", ~0)


@dataclass(slots=True)
class _Asked:
    """One look-up. Whoever has given it up has cancelled its answer."""

    name: str
    port: int
    family: int
    flags: int
    answer: Future[Found] = field(default_factory=Future)

    def carry_out(self) -> None:
        """Ask, unless nobody waits for it any more."""
        if not self.answer.set_running_or_notify_cancel():
            return
        try:
            found = socket.getaddrinfo(self.name, self.port, self.family, socket.SOCK_STREAM, flags=self.flags)
        except Exception as error:  # noqa: BLE001 - whoever asked is told
            self.answer.set_exception(error)
        else:
            self.answer.set_result(found)


class Resolving:
    """Look-ups for all event loops of a process, at most ``OF_ONE_NAME`` of a name at once."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="names")
        self._changing = threading.Lock()
        self._under_way: defaultdict[str, int] = defaultdict(int)
        self._waiting: defaultdict[str, deque[_Asked]] = defaultdict(deque)

    async def look_up(self, name: str, port: int, *, family: int = socket.AF_UNSPEC, flags: int = 0) -> Found:
        """As ``socket.getaddrinfo`` for streams. Where nobody waits any more, a thread comes to its end by itself."""
        asked = _Asked(name, port, family, flags)
        self._enter(asked)
        return await asyncio.wrap_future(asked.answer)

    def _enter(self, asked: _Asked) -> None:
        with self._changing:
            if self._under_way[asked.name] >= OF_ONE_NAME:
                self._waiting[asked.name].append(asked)
                return
            self._under_way[asked.name] += 1
        self._threads.submit(self._carry_out, asked)

    def _carry_out(self, asked: _Asked) -> None:
        try:
            asked.carry_out()
        finally:
            self._leave(asked.name)

    def _leave(self, name: str) -> None:
        """The next of the same name takes the place; without one, nothing of the name is kept."""
        with self._changing:
            following = self._waiting[name].popleft() if self._waiting[name] else None
            if not self._waiting[name]:
                del self._waiting[name]
            if following is None:
                self._under_way[name] -= 1
                if not self._under_way[name]:
                    del self._under_way[name]
                return
        self._threads.submit(self._carry_out, following)


RESOLVING = Resolving()


class SystemResolver(AbstractResolver):
    """The same for the HTTP client."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """All addresses of the name, in the resolver's order."""
        found = await RESOLVING.look_up(host, port, family=family, flags=_REACHABLE)
        return [
            ResolveResult(
                hostname=host, host=_host(address), port=address[1], family=kind, proto=protocol, flags=_NUMERIC
            )
            for kind, _, protocol, _, address in found
        ]

    async def close(self) -> None:
        """Nothing is open."""


def _host(address: tuple[Any, ...]) -> str:
    """With its zone, where it is a link-local address of IPv6."""
    if len(address) > 2 and address[3]:  # noqa: PLR2004 - host, port, flow and zone
        return socket.getnameinfo(address, socket.NI_NUMERICHOST | socket.NI_NUMERICSERV)[0]
    return str(address[0])
