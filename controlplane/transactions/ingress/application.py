"""The ASGI application behind ``/in/<slug>``: verify raw bytes, make them durable, answer.

It never parses before the signature is right (invariant 7) and never answers 2xx before the commit
(invariant 2). Whatever a sender does ends in one of: 202 accepted, 200 known already, 400/401 not
believed, 404 unknown, 405, 408, 413, 415, 429 with Retry-After, 431, 503 with Retry-After.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import replace
from functools import lru_cache

import psycopg
from prometheus_client import Counter

from connectors.messages import Request
from connectors.signatures import Reason, SignatureError, Verified, verify
from controlplane.foundation import clock, metrics
from controlplane.foundation.errors import HeadTooLarge, TooLarge, TooSlow
from controlplane.foundation.logs import logger
from controlplane.transactions.ingress import answers
from controlplane.transactions.ingress.answers import Answer, EncodingRefused, NotReadable, refused
from controlplane.transactions.ingress.batches import Batches, NotDurable, Overloaded
from controlplane.transactions.ingress.endpoints import Endpoints, KnownEndpoint
from controlplane.transactions.ingress.events import Broken, event_of
from controlplane.transactions.ingress.keys import KeyRing
from controlplane.transactions.ingress.pace import Pace, address_of
from controlplane.transactions.ingress.packing import NotGzip, packed, unpacked
from controlplane.transactions.ingress.pressure import Pressure, Why
from controlplane.transactions.ingress.refusals import Refusals
from controlplane.transactions.ingress.wire import (
    Body,
    Gone,
    NoRoom,
    Receive,
    Room,
    Scope,
    Send,
    announces_much,
    answer_with,
    check_head,
    peer_of,
    request_of,
)

__all__ = ["PREFIX", "Ingress", "Receive", "Scope", "Send"]

log = logger(__name__)

PREFIX = "/in/"
#: Not the sender's fault: told that they are not believed, some senders give up for good.
OURS_TO_MEND = frozenset({Reason.NO_SECRET, Reason.UNSUPPORTED})


@lru_cache(maxsize=64)
def _counter(outcome: str) -> Counter:
    """The counter of an outcome: looking it up anew for each request costs more than counting."""
    return metrics.INGRESS_REQUESTS.labels(outcome)


class Ingress:
    """One process's ingress. ``start`` and ``stop`` belong to the server's lifespan."""

    def __init__(self) -> None:
        self.keys = KeyRing()
        self.endpoints = Endpoints(lambda known: self.keys.keep_only([one.references for one in known]))
        self.batches = Batches()
        self.refusals = Refusals()
        self.room = Room()
        self.pace = Pace()
        self.pressure = Pressure()
        self._started = False

    async def start(self) -> None:
        """Start the background work; harmless when started."""
        if not self._started:
            self._started = True
            self.endpoints.start()
            self.batches.start()
            self.refusals.start()
            self.pressure.start()
            metrics.read_when_asked(metrics.INGRESS_HELD_BYTES, lambda: self.room.taken)
            metrics.read_when_asked(metrics.INGRESS_WAITING, lambda: self.batches.waiting)

    async def stop(self) -> None:
        """Finish what was taken, write what was counted."""
        if self._started:
            self._started = False
            await self.batches.stop()
            await self.pressure.stop()
            await self.endpoints.stop()
            await self.refusals.stop()

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
        _counter(answer.outcome).inc()
        metrics.INGRESS_SECONDS.observe(time.perf_counter() - began)
        await answer_with(answer, receive, send)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        found = await self._addressed(scope)
        if isinstance(found, KnownEndpoint):
            found = self._let_in(found, scope) or found
        if isinstance(found, Answer):
            return answers.closing(found) if announces_much(scope) else found
        return await self._heard(found, scope, receive)

    async def _addressed(self, scope: Scope) -> KnownEndpoint | Answer:
        """The endpoint that the request is for, or why there is none."""
        if scope["method"] != "POST":
            return answers.ONLY_POST
        try:
            found = await self.endpoints.find(scope["path"].removeprefix(PREFIX).rstrip("/"))
        except (psycopg.Error, OSError):
            return answers.ENDPOINTS_UNREADABLE
        if found is None:
            return answers.UNKNOWN
        return found if isinstance(found, KnownEndpoint) else answers.ENDPOINT_UNUSABLE

    def _let_in(self, endpoint: KnownEndpoint, scope: Scope) -> Answer | None:
        """The answer to one who has to come back, before anything of the body is read."""
        why = self.pressure.refuses(endpoint.importance, endpoint.lane)
        if why is not None:
            return answers.NO_SPACE if why is Why.DISK else answers.BACKLOG
        address = address_of(scope)
        wait = self.pace.wait((endpoint.id, address), endpoint.sender_rate)
        if wait:
            self.refusals.note(endpoint.id, "too-many", "", address)
            return answers.too_many(wait)
        return None

    async def _heard(self, endpoint: KnownEndpoint, scope: Scope, receive: Receive) -> Answer:
        """Read it within the limits, and judge it."""
        body = Body(self.room, endpoint.max_body)
        try:
            check_head(scope)
            is_packed = packed(scope["headers"], takes_gzip=endpoint.takes_gzip)
            request = request_of(scope, await body.read(scope, receive))
            return await self._verified(endpoint, request, body if is_packed else None)
        except NoRoom:
            return answers.OVERLOADED
        except EncodingRefused as error:
            self.refusals.note(endpoint.id, error.code, "", peer_of(scope))
            taken = {"accept-encoding": "gzip" if endpoint.takes_gzip else "identity"}
            return refused(error, error.code, closes=announces_much(scope), **taken)
        except (HeadTooLarge, TooLarge, TooSlow) as error:
            self.refusals.note(endpoint.id, error.code, "", peer_of(scope))
            return refused(error, error.code, closes=True)
        finally:
            body.leave()

    async def _verified(self, endpoint: KnownEndpoint, request: Request, body: Body | None) -> Answer:
        """Judge it; ``body`` is given where it has to be unpacked."""
        keys = await self.keys.of(endpoint.references)
        try:
            verified = verify(endpoint.scheme, request, keys.secrets, endpoint.scheme_settings, clock.now())
        except SignatureError as error:
            # The key that is missing may be the one that signed.
            if keys.missing and error.reason in {Reason.MISMATCH, Reason.NO_SECRET}:
                return answers.KEYS_AWAY
            return self._turned_away(endpoint, request, error)
        if wait := self.pace.wait(endpoint.id, endpoint.rate):
            self._note(endpoint, "too-many", request)
            return answers.too_many(wait)
        if body is not None:
            try:
                body.take(endpoint.max_body)
                request = replace(request, body=await unpacked(request.body, endpoint.max_body))
            except NotGzip:
                self._note(endpoint, "broken", request)
                return answers.BROKEN_PACKING
        return await self._durable(endpoint, request, verified)

    def _turned_away(self, endpoint: KnownEndpoint, request: Request, error: SignatureError) -> Answer:
        self._note(endpoint, error.reason.value, request)
        if error.reason in OURS_TO_MEND:
            return answers.ENDPOINT_UNUSABLE
        return answers.NOT_READABLE if error.status == NotReadable.status else answers.NOT_BELIEVED

    async def _durable(self, endpoint: KnownEndpoint, request: Request, verified: Verified) -> Answer:
        try:
            event = event_of(endpoint, request, verified)
        except Broken:
            self._note(endpoint, "broken", request)
            return answers.BROKEN
        try:
            stored = await self.batches.store(event)
        except Overloaded:
            return answers.OVERLOADED
        except NotDurable:
            return answers.NOT_DURABLE
        return answers.repeated(stored.id, conflict=stored.conflict) if stored.repeats else answers.accepted(stored.id)

    def _note(self, endpoint: KnownEndpoint, reason: str, request: Request) -> None:
        self.refusals.note(endpoint.id, reason, hashlib.sha256(request.body).hexdigest(), request.peer)
