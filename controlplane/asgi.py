"""The ASGI application: the ingress and the sockets of pages beside Django, and the lifespan that all share.

Senders are answered without Django's middleware (PERFORMANCE: the lever is the path). The ingress can
run as a process of its own: ``uvicorn controlplane.asgi:ingress_application``; it then tells of its own health.
"""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "controlplane.settings")

from django.core.asgi import get_asgi_application

django_application = get_asgi_application()

# Django has to be set up before anything of ours is imported.
from django.db import connections  # noqa: E402

import controlplane.celery  # noqa: E402, F401 - the doorbell rings through the configured application
from controlplane.console.bodies import BoundedBodies  # noqa: E402
from controlplane.console.live import consumers  # noqa: E402
from controlplane.console.live.watcher import Watcher  # noqa: E402
from controlplane.foundation import collector  # noqa: E402
from controlplane.transactions.ingress.application import PREFIX, Ingress, Receive, Scope, Send  # noqa: E402
from controlplane.transactions.ingress.health import Health  # noqa: E402
from controlplane.transactions.ingress.wire import answer_with  # noqa: E402

#: Where pages follow what happens.
LIVE = "/live/"


async def _pages(scope: Scope, receive: Receive, send: Send) -> None:
    await django_application(dict(scope), receive, send)  # type: ignore[arg-type]  # asgiref: a Mapping is sent


class Application:
    """One server process's application: its own ingress, and pages with their sockets unless it is ``alone``."""

    def __init__(self, *, alone: bool = False) -> None:
        self.ingress = Ingress()
        self.alone = alone
        self.health = Health(self.ingress.judge.pressure)
        self.watcher = Watcher()
        self.live = consumers.application(self.watcher)
        self.pages = BoundedBodies(_pages)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Everything: pages, and senders below ``/in/``."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "websocket" and scope["path"] == LIVE and not self.alone:
            await self.live(dict(scope), receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close", "code": 4404})
        elif scope["path"].startswith(PREFIX):
            await self.ingress(scope, receive, send)
        elif self.alone:
            found = await self.health.answer(scope["path"], scope["headers"]) if scope["method"] == "GET" else None
            await (self.ingress(scope, receive, send) if found is None else answer_with(found, scope, receive, send))
        else:
            await self.pages(scope, receive, send)

    def at_once(self, scope: Scope) -> bool:
        """Take a request without a task of its own, where that can be done; see ``bounded_http``."""
        return scope["path"].startswith(PREFIX) and self.ingress.at_once(scope)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                collector.settle()
                # Each request has a thread of its own here, which nobody takes up again: a connection that is kept
                # for its next request stays open until the collector comes by, and the server runs out of them.
                connections.settings["default"]["CONN_MAX_AGE"] = 0
                await self.ingress.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.watcher.stop()
                await self.ingress.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return


application = Application()
ingress_application = Application(alone=True)
