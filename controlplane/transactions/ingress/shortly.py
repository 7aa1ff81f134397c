"""The short way through the ingress: small requests that have arrived whole, without a task for each.

A task, the coroutines in it and its two turns of the event loop cost as much as checking a signature. A request that
waits for nothing but its commit needs none of them: it is judged where it was read, and answered where the commit
is heard of. Everything unusual goes the long way (:mod:`application`), before anything is done for it here.
"""

from __future__ import annotations

import asyncio
import time
from functools import lru_cache

from prometheus_client import Counter

from connectors.messages import Request
from controlplane.foundation import metrics
from controlplane.foundation.errors import HeadTooLarge
from controlplane.foundation.exchange import Exchange
from controlplane.foundation.logs import logger
from controlplane.transactions.ingress import answers
from controlplane.transactions.ingress.answers import Answer
from controlplane.transactions.ingress.batches import Accepted, Batches, Overloaded, Stored
from controlplane.transactions.ingress.endpoints import KnownEndpoint
from controlplane.transactions.ingress.judging import Judge
from controlplane.transactions.ingress.keys import Keys
from controlplane.transactions.ingress.wire import (
    Head,
    NoRoom,
    Room,
    Scope,
    answer_with,
    exchange_of,
    head_of,
    request_of,
)

log = logger(__name__)


@lru_cache(maxsize=64)
def _counter(outcome: str) -> Counter:
    """The counter of an outcome: looking it up anew for each request costs more than counting."""
    return metrics.INGRESS_REQUESTS.labels(outcome)


def count(answer: Answer, began: float) -> None:
    """Count an answer to what ``began`` then (``time.perf_counter``)."""
    _counter(answer.outcome).inc()
    metrics.INGRESS_SECONDS.observe(time.perf_counter() - began)


class Shortly:
    """Takes requests of one process."""

    def __init__(self, judge: Judge, batches: Batches, room: Room) -> None:
        self.judge = judge
        self.batches = batches
        self.room = room
        self._saying: set[asyncio.Task[None]] = set()

    def take(self, endpoint: KnownEndpoint, keys: Keys, scope: Scope) -> bool:
        """Take it, if it is one for the short way."""
        began = time.perf_counter()
        exchange, head = exchange_of(scope), _usual_head(scope, endpoint)
        size = exchange.arrived if exchange is not None else None
        if exchange is None or head is None or not size or size > endpoint.max_body:
            return False
        try:
            self.room.take(size)
        except NoRoom:
            return False
        taken = _Taken(self, scope, exchange, size, began)
        try:
            judged = self._judged(endpoint, keys, scope, request_of(scope, head, exchange.whole_body() or b""))
            if isinstance(judged, Answer):
                taken.answer_soon(judged)
            else:
                self.batches.add(judged, taken.told)
        except Overloaded:
            taken.answer_soon(answers.OVERLOADED)
        except Exception:
            log.exception("ingress.defect", stage="request")
            taken.answer_soon(answers.NOT_DURABLE)
        return True

    def _judged(self, endpoint: KnownEndpoint, keys: Keys, scope: Scope, request: Request) -> Accepted | Answer:
        refusal = self.judge.let_in(endpoint, scope)
        if refusal is not None:
            return refusal
        verified = self.judge.believed(endpoint, request, keys)
        return verified if isinstance(verified, Answer) else self.judge.event(endpoint, request, verified)

    def say_in_messages(self, answer: Answer, scope: Scope, exchange: Exchange) -> None:
        """What cannot be said at once: the connection ends with it, or its other side reads slowly."""
        ways = exchange.messages
        if ways is not None:
            task = asyncio.create_task(answer_with(answer, scope, *ways))
            self._saying.add(task)
            task.add_done_callback(self._saying.discard)


def _usual_head(scope: Scope, endpoint: KnownEndpoint) -> Head | None:
    """The head of a request whose body is as it was sent, and not said to be longer than it may be."""
    try:
        head = head_of(scope)
    except HeadTooLarge:
        return None
    return head if not head.encoding and head.declared <= endpoint.max_body else None


class _Taken:
    """One request that was taken, until its answer."""

    __slots__ = ("_began", "_exchange", "_scope", "_size", "_way")

    def __init__(self, way: Shortly, scope: Scope, exchange: Exchange, size: int, began: float) -> None:
        self._way = way
        self._scope = scope
        self._exchange = exchange
        self._size = size
        self._began = began

    def told(self, stored: Stored | None) -> None:
        """What the database said of it; None where nothing was confirmed."""
        self._say(answers.NOT_DURABLE if stored is None else answers.durable(stored))

    def answer_soon(self, answer: Answer) -> None:
        """In the loop's next turn: the end of an answer begins the next request, and a sender may have sent many."""
        asyncio.get_running_loop().call_soon(self._say, answer)

    def _say(self, answer: Answer) -> None:
        self._way.room.give_back(self._size)
        count(answer, self._began)
        if answer.closes or not self._exchange.answer(answer.status, answer.lines, answer.body):
            self._way.say_in_messages(answer, self._scope, self._exchange)
