"""The server's end of a page's socket: who may have one, and what is said over it.

The page says ``{"follow": [name, …]}`` whenever what it shows has changed, with names that were made for it
(``topics.name``). It is told ``{"changed": [name, …]}``, and ``{"as_of": "14:32:05"}`` once it is followed and every
few seconds after, as long as the watcher sees. How it ends is a code: see ``CODES`` in ``static/js/live.js``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import orjson
from channels.auth import AuthMiddlewareStack
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.security.websocket import AllowedHostsOriginValidator

from controlplane.console.live.topics import Topic, named
from controlplane.console.live.watcher import RIGHTS_CHANGED, SESSION_ENDED, Watcher
from controlplane.foundation import clock
from controlplane.people.models import Account
from controlplane.people.standing import Standing, standings

#: What one page can follow at once.
MOST_TOPICS = 32
#: Messages that one page may send: it sends one at first, and one whenever what it shows has become something else.
MOST_MESSAGES = 2000
NOT_UNDERSTOOD = 4400


class LiveConsumer(AsyncWebsocketConsumer):
    """One page's socket; a ``watcher.Reader``."""

    account: UUID
    session: str
    standing: Standing

    def __init__(self, watcher: Watcher) -> None:
        super().__init__()
        self._watcher = watcher
        self._names: Mapping[Topic, str] = {}
        self._heard = 0

    async def connect(self) -> None:
        """Let in whoever is signed in. Others are told why: a browser does not show what a refusal said."""
        await self.accept()
        standing = await self._stands(self.scope["user"])
        if standing is None:
            await self.close(SESSION_ENDED)
            return
        self.standing, self.session = standing, str(self.scope["session"].session_key)
        if code := self._watcher.join(self):
            await self.close(code)

    async def _stands(self, person: Any) -> Standing | None:
        if not isinstance(person, Account):
            return None
        self.account = person.pk
        return (await database_sync_to_async(standings)([person.pk])).get(person.pk)

    async def disconnect(self, code: int) -> None:  # noqa: ARG002 - Channels' interface
        """The page is gone."""
        self._watcher.leave(self)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:  # noqa: ARG002
        """The page says what it follows."""
        self._heard += 1
        names = _asked(text_data or "") if self._heard <= MOST_MESSAGES else None
        if names is None:
            await self.close(NOT_UNDERSTOOD)
            return
        topics = {topic: name for name in names if (topic := named(name, str(self.account)))}
        if len(topics) < len(names):
            # The page was made for whoever was signed in here before; it must not say that it follows.
            await self.close(RIGHTS_CHANGED)
            return
        self._names = topics
        self._watcher.follow(self, frozenset(topics))
        await self.beat()

    # -- what the watcher says ---------------------------------------------------------------------------

    async def tell(self, changed: Collection[Topic]) -> None:
        """What has changed; the page fetches it."""
        await self._say({"changed": [self._names[topic] for topic in changed if topic in self._names]})

    async def beat(self) -> None:
        """As of when all is told."""
        await self._say({"as_of": f"{clock.now():%H:%M:%S}"})

    async def end(self, code: int) -> None:
        """Close, and say why."""
        await self.close(code)

    async def _say(self, what: Mapping[str, Any]) -> None:
        await self.send(text_data=orjson.dumps(what).decode())


def _asked(text: str) -> frozenset[str] | None:
    """The names of a message; None of anything else."""
    try:
        said = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    names = said.get("follow") if isinstance(said, dict) else None
    if not isinstance(names, list) or len(names) > MOST_TOPICS or not all(isinstance(name, str) for name in names):
        return None
    return frozenset(names)


def application(watcher: Watcher) -> Any:
    """The ASGI application of sockets: of this site's own pages only, with the session of whoever opened them."""
    return AllowedHostsOriginValidator(AuthMiddlewareStack(LiveConsumer.as_asgi(watcher=watcher)))
