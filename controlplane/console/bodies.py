"""Bodies of requests to pages and the API, bounded before any of them is kept.

Django takes a body in whole before it asks who sends it: into memory, and a long one into a file on the temporary
disk, written on the loop that senders of events are answered on. So whoever sends it, it is refused here: by the
length that it announces, or as soon as more has come than any page at its address takes. All bodies under way share
one room.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache
from typing import Final

from django.conf import settings
from django.template.loader import render_to_string

from controlplane.console.errors import wants_json
from controlplane.console.imports.reading import MOST_BYTES
from controlplane.foundation.errors import Problem, TooLarge, Unavailable
from controlplane.foundation.metrics import HTTP_REFUSED
from controlplane.transactions.ingress import answers
from controlplane.transactions.ingress.answers import Answer
from controlplane.transactions.ingress.wire import (
    NoRoom,
    Receive,
    Room,
    Scope,
    Send,
    announced_length,
    answer_with,
)

#: The address that takes files.
FILES: Final = "/integrations/apis/import/"
#: What a body of usual size is, which asks for no room: whoever fills it keeps nobody from signing in.
SMALL: Final = 64 * 1024
RETRY_SECONDS: Final = 2.0

Pages = Callable[[Scope, Receive, Send], Awaitable[None]]


def most_bytes(path: str) -> int:
    """How long a body at this address may be: what a form or the API takes, and at one address a file besides."""
    form: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return form + MOST_BYTES if path == FILES else form


class BoundedBodies:
    """Pages and the API behind the limits. A refusal ends the connection: what was not read is not waited for."""

    def __init__(self, pages: Pages) -> None:
        self.room = Room()
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request, or refuse its body."""
        body = _Body(self.room, most_bytes(scope["path"]), receive)
        try:
            if body.is_too_long(announced_length(scope["headers"])):
                body.refused = _too_large(body.most)
            else:
                await self._pages(scope, body.receive, send)
        finally:
            self.room.give_back(body.taken)
        if body.refused is not None:
            HTTP_REFUSED.labels(f"body-{body.refused.code}").inc()
            await answer_with(_answer(scope, body.refused), scope, receive, send)


class _Body:
    """A body being read: ``taken`` is what it has of the room. Once it is refused, pages see its sender gone."""

    __slots__ = ("_receive", "_room", "_size", "most", "refused", "taken")

    def __init__(self, room: Room, most: int, receive: Receive) -> None:
        self.most = most
        self.taken = 0
        self.refused: Problem | None = None
        self._size = 0
        self._room = room
        self._receive = receive

    def is_too_long(self, size: int) -> bool:
        return size > self.most

    async def receive(self) -> Scope:
        message = await self._receive()
        self._size += len(message.get("body", b""))
        if self.is_too_long(self._size):
            self.refused = _too_large(self.most)
        else:
            self._take()
        # Pages that hear that nobody waits for an answer let go of what they have, and say nothing.
        return {"type": "http.disconnect"} if self.refused is not None else message

    def _take(self) -> None:
        more = max(0, self._size - SMALL) - self.taken
        try:
            self._room.take(more)
            self.taken += more
        except NoRoom:
            detail = "More large requests arrive at once than fit here. Nothing of this one was kept; send it again."
            self.refused = Unavailable(detail, retry_after=RETRY_SECONDS)


def _too_large(most: int) -> TooLarge:
    detail = f"A request to this address has {most:,} bytes at most. Nothing of it was kept; send less at once."
    return TooLarge(detail, limit=most)


def _answer(scope: Scope, refusal: Problem) -> Answer:
    accept = next((value for name, value in scope["headers"] if name == b"accept"), b"")
    if wants_json(scope["path"], accept.decode("latin-1")):
        return answers.refused(refusal, refusal.code, closes=True)
    page = _page(refusal.status, refusal.title, refusal.detail)
    return answers.refused_with(page, "text/html; charset=utf-8", refusal, refusal.code, closes=True)


@cache
def _page(status: int, title: str, detail: str) -> bytes:
    """One of a few: drawn once, for it is drawn on the loop that everybody is answered on."""
    problem = {"status": status, "title": title, "detail": detail}
    return render_to_string("errors/problem.html", {"problem": problem, "frame": "components/bare.html"}).encode()
