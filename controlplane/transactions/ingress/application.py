"""The ASGI application behind ``/in/<slug>``: verify raw bytes, make them durable, answer.

It never parses before the signature is right (invariant 7) and never answers 2xx before the commit
(invariant 2). Whatever a sender does ends in one of: 202 accepted, 200 known already, 400/401 not
believed, 404 unknown, 405, 408, 413, 415, 429 with Retry-After, 431, 503 with Retry-After.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import psycopg

from connectors.messages import Request
from controlplane.foundation import exposition, metrics
from controlplane.foundation.errors import HeadTooLarge, TooLarge, TooSlow
from controlplane.foundation.logs import logger
from controlplane.transactions.ingress import answers
from controlplane.transactions.ingress.answers import Answer, EncodingRefused, refused
from controlplane.transactions.ingress.batches import Accepted, Batches, NotDurable, Overloaded
from controlplane.transactions.ingress.endpoints import Endpoints, KnownEndpoint
from controlplane.transactions.ingress.judging import Judge
from controlplane.transactions.ingress.keys import KeyRing
from controlplane.transactions.ingress.packing import NotGzip, packed, unpacked
from controlplane.transactions.ingress.patience import Patience, look_for_ever
from controlplane.transactions.ingress.shortly import Shortly, count
from controlplane.transactions.ingress.wire import (
    BODY_SECONDS,
    Body,
    Gone,
    NoRoom,
    Receive,
    Room,
    Scope,
    Send,
    announces_much,
    answer_with,
    head_of,
    peer_of,
    request_of,
)

__all__ = ["PREFIX", "Ingress", "Receive", "Scope", "Send"]

log = logger(__name__)

PREFIX = "/in/"


def slug_of(scope: Scope) -> str:
    """The name in the address."""
    path: str = scope["path"]
    return path.removeprefix(PREFIX).rstrip("/")


class Ingress:
    """One process's ingress. ``start`` and ``stop`` belong to the server's lifespan."""

    def __init__(self) -> None:
        self.keys = KeyRing()
        self.endpoints = Endpoints(lambda known: self.keys.keep_only([one.references for one in known]))
        self.batches = Batches()
        self.judge = Judge()
        self.room = Room()
        self.bodies = Patience(BODY_SECONDS, Body.give_up)
        self._shortly = Shortly(self.judge, self.batches, self.room)
        self._started = False
        self._looking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the background work; harmless when started."""
        if not self._started:
            self._started = True
            self.endpoints.start()
            self.batches.start()
            self.judge.refusals.start()
            self.judge.pressure.start()
            self._looking = asyncio.create_task(look_for_ever(self.bodies.look), name="ingress bodies")
            exposition.read_when_asked(metrics.INGRESS_HELD_BYTES, lambda: self.room.taken)
            exposition.read_when_asked(metrics.INGRESS_WAITING, lambda: self.batches.waiting)

    async def stop(self) -> None:
        """Finish what was taken, write what was counted."""
        if self._started:
            self._started = False
            if self._looking is not None:
                self._looking.cancel()
            await self.batches.stop()
            await self.judge.pressure.stop()
            await self.endpoints.stop()
            await self.judge.refusals.stop()
            self.keys.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        began = time.perf_counter()
        if not self._started:
            await self.start()
        try:
            answer = await self._answer(scope, receive)
        except Gone:
            metrics.INGRESS_REQUESTS.labels("gone").inc()
            return
        except Exception:
            log.exception("ingress.defect", stage="request")
            answer = answers.NOT_DURABLE
        count(answer, began)
        await answer_with(answer, scope, receive, send)

    def at_once(self, scope: Scope) -> bool:
        """Take a request of the usual kind that has arrived whole, without a task of its own; says whether it has."""
        endpoint = self._known(scope) if self._started else None
        keys = self.keys.kept(endpoint.references) if endpoint is not None else None
        return endpoint is not None and keys is not None and self._shortly.take(endpoint, keys, scope)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        found = self._known(scope) or await self._addressed(scope)
        if isinstance(found, KnownEndpoint):
            found = self.judge.let_in(found, scope) or found
        if isinstance(found, Answer):
            return answers.closing(found) if announces_much(scope) else found
        return await self._heard(found, scope, receive)

    def _known(self, scope: Scope) -> KnownEndpoint | None:
        """The endpoint that the request is for, in the usual case."""
        found = self.endpoints.known(slug_of(scope))
        return found if isinstance(found, KnownEndpoint) and scope["method"] == "POST" else None

    async def _addressed(self, scope: Scope) -> KnownEndpoint | Answer:
        """The endpoint that the request is for, or why there is none."""
        if scope["method"] != "POST":
            return answers.ONLY_POST
        try:
            found = await self.endpoints.find(slug_of(scope))
        except (psycopg.Error, OSError):
            return answers.ENDPOINTS_UNREADABLE
        if found is None:
            return answers.UNKNOWN
        return found if isinstance(found, KnownEndpoint) else answers.ENDPOINT_UNUSABLE

    async def _heard(self, endpoint: KnownEndpoint, scope: Scope, receive: Receive) -> Answer:
        """Read it within the limits, and judge it."""
        body = Body(self.room, endpoint.max_body)
        try:
            head = head_of(scope)
            is_packed = packed(head.encoding, takes_gzip=endpoint.takes_gzip)
            whole = body.whole(scope, head)
            if whole is None:
                whole = await body.read(head, receive, self.bodies)
            request = request_of(scope, head, whole)
            return await self._verified(endpoint, request, body if is_packed else None)
        except NoRoom:
            return answers.OVERLOADED
        except EncodingRefused as error:
            self.judge.refusals.note(endpoint.id, error.code, "", peer_of(scope))
            taken = {"accept-encoding": "gzip" if endpoint.takes_gzip else "identity"}
            return refused(error, error.code, closes=announces_much(scope), **taken)
        except (HeadTooLarge, TooLarge, TooSlow) as error:
            self.judge.refusals.note(endpoint.id, error.code, "", peer_of(scope))
            return refused(error, error.code, closes=True)
        finally:
            body.leave()

    async def _verified(self, endpoint: KnownEndpoint, request: Request, body: Body | None) -> Answer:
        """Judge it; ``body`` is given where it has to be unpacked."""
        keys = self.keys.kept(endpoint.references) or await self.keys.of(endpoint.references)
        verified = self.judge.believed(endpoint, request, keys)
        if isinstance(verified, Answer):
            return verified
        if body is not None:
            try:
                body.take(endpoint.max_body)
                request = replace(request, body=await unpacked(request.body, endpoint.max_body))
            except NotGzip:
                self.judge.note(endpoint, "broken", request)
                return answers.BROKEN_PACKING
        event = self.judge.event(endpoint, request, verified)
        return event if isinstance(event, Answer) else await self._durable(event)

    async def _durable(self, event: Accepted) -> Answer:
        try:
            return answers.durable(await self.batches.store(event))
        except Overloaded:
            return answers.OVERLOADED
        except NotDurable:
            return answers.NOT_DURABLE
