"""Tryton sessions, kept for the process: one log-in serves every call with the same credential.

A log-in hashes the password (~100 ms there) and leaves a row that the server keeps for 30 days and looks
through at each call, so a log-in a call would slow the ERP down. Connectors are cheap and short-lived;
what outlives them is kept here, in memory only, and never under the password itself.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from connectors.messages import Secret


@dataclass(frozen=True, slots=True)
class Account:
    """Who logs in where: the key under which a session is kept."""

    base_url: str
    database: str
    user: str
    password: Secret = field(repr=False)

    @property
    def key(self) -> str:
        """Differs when any part differs; tells nothing of the password."""
        parts = (self.base_url, self.database, self.user, self.password.reveal())
        return hashlib.sha256(repr(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Session:
    """A log-in: the user's id, the header that proves it, and the context that the user works in."""

    user_id: int
    authorization: Secret
    context: Mapping[str, Any]


LogIn = Callable[[], Awaitable[Session]]

_kept: dict[str, Session] = {}
#: An asyncio lock belongs to its loop; the loop's end frees its locks.
_locks: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, asyncio.Lock]] = WeakKeyDictionary()


async def session_of(account: Account, log_in: LogIn) -> Session:
    """The kept session, or a new one: callers at the same time wait for one log-in."""
    if session := _kept.get(account.key):
        return session
    locks = _locks.setdefault(asyncio.get_running_loop(), {})
    async with locks.setdefault(account.key, asyncio.Lock()):
        if account.key not in _kept:
            _kept[account.key] = await log_in()
        return _kept[account.key]


def forget(account: Account, session: Session) -> None:
    """Drop a session that was refused, unless somebody has already replaced it."""
    if _kept.get(account.key) is session:
        del _kept[account.key]
