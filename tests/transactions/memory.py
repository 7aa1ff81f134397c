"""A target for tests, in memory: it remembers every request, and does with it what the test has told it to.

``put`` is keyed: a key that was seen is answered as before, and written once. ``add`` is unsafe: without a
look-up it writes as often as it is asked. So a second record is a mistake of the caller's, and seen.
"""

from __future__ import annotations

import asyncio
import sys
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from types import ModuleType
from typing import Any, ClassVar

import orjson
import pytest

from connectors import interface
from connectors.errors import (
    TOPIC_DENIED,
    UNKNOWN_TOPIC,
    AuthFailed,
    ConnectorError,
    Gone,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Rejected,
    Transient,
    counted,
)
from connectors.interface import Connector
from connectors.messages import Effect, Event, Operation, OperationSpec, Receipt, Request

KIND = "memory"


class Mood(Enum):
    """What the target does with a request."""

    TAKES = "takes it"
    FAILS = "fails, having done nothing"
    AWAY = "cannot be reached"
    REDIRECTS = "answers with an address where it is to be sent"
    SLOWS = "asks to slow down"
    SILENT_DONE = "does it and never answers"
    SILENT_UNDONE = "does nothing and never answers"
    REJECTS = "understands and refuses"
    UNSENDABLE = "is sent nothing: its connector refuses what it was given"
    BARS = "does not believe the credential"
    DENIES = "lets nobody with this credential write to the topic"
    LACKS = "has heard of no such topic"
    GOES = "wants nothing any more"
    BREAKS = "makes its connector fail after the write"
    WAITS = "takes it once it is let"


ERRORS: dict[Mood, ConnectorError] = {
    Mood.FAILS: Transient("it is unwell", status=503),
    Mood.AWAY: counted(Transient("connection refused; nothing was sent"), 0),
    Mood.REDIRECTS: Refused("redirects are not followed", status=302),
    Mood.SLOWS: RateLimited("too many", retry_after=60, status=429),
    Mood.SILENT_DONE: OutcomeUnknown("no answer came"),
    Mood.SILENT_UNDONE: OutcomeUnknown("no answer came"),
    Mood.REJECTS: Rejected("the period is closed", detail="closed", status=422),
    Mood.UNSENDABLE: counted(Rejected("the body is none that it takes", detail="invalid_body"), 0),
    Mood.BARS: AuthFailed("the credential was refused", status=401),
    Mood.DENIES: AuthFailed("no right to the topic", detail=TOPIC_DENIED),
    Mood.LACKS: counted(Transient("there is no such topic", detail=UNKNOWN_TOPIC), 0),
    Mood.GOES: Gone("it takes no more", status=410),
}


@dataclass
class Target:
    """Records by idempotency key, how many requests came for each, and the moods of the requests to come.

    ``receipt`` is answered instead of a plain one; ``let`` lets those go on that wait.
    """

    records: Counter[str] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)
    moods: deque[Mood] = field(default_factory=deque)
    operations: list[Operation] = field(default_factory=list)
    receipt: Receipt | None = None
    let: bool = False
    #: The address of a destination of which all requests wait until they are let.
    waits: str = ""

    def forget(self) -> None:
        """As new."""
        self.records.clear()
        self.requests.clear()
        self.moods.clear()
        self.operations.clear()

    async def write(self, operation: Operation, address: str = "") -> Receipt | ConnectorError:
        """One operation, as the next mood has it; without one, it is taken."""
        self.operations.append(operation)
        if operation.name == "add" and operation.takeover and self.records[operation.key]:
            return Receipt(external_id=operation.key, found=True, calls=0)
        mood = self.moods.popleft() if self.moods else Mood.TAKES
        if mood in {Mood.AWAY, Mood.UNSENDABLE}:  # nothing came here
            return ERRORS[mood]
        self.requests[operation.key] += 1
        if self.waits and address == self.waits:
            mood = Mood.WAITS
        while mood is Mood.WAITS and not self.let:  # noqa: ASYNC110 - let from another thread
            await asyncio.sleep(0.005)
        if mood in {Mood.TAKES, Mood.SILENT_DONE, Mood.BREAKS, Mood.WAITS}:
            self._record(operation)
        return self._answer(operation, mood)

    def _record(self, operation: Operation) -> None:
        if operation.name == "add" or not self.records[operation.key]:
            self.records[operation.key] += 1

    def _answer(self, operation: Operation, mood: Mood) -> Receipt | ConnectorError:
        match mood:
            case Mood.TAKES | Mood.WAITS:
                return self.receipt or Receipt(external_id=operation.key, record={"key": operation.key}, status=200)
            case Mood.BREAKS:
                raise KeyError("a defect of the connector")
            case _:
                return ERRORS[mood]


class Memory(Connector):
    """The connector; ``target`` is set on a subclass for each test."""

    kind: ClassVar[str] = KIND
    title: ClassVar[str] = "Memory"
    operations: ClassVar[tuple[OperationSpec, ...]] = (
        OperationSpec("put", Effect.KEYED, key_lifetime=86_400.0),
        OperationSpec("add", Effect.UNSAFE, resource="note", batch=3),
    )
    target: ClassVar[Target]

    async def write(self, operations: Sequence[Operation]) -> list[Receipt | ConnectorError]:
        """Each in turn; when the connector breaks, what was done before is done all the same."""
        return [await self.target.write(operation, self.context.base_url) for operation in operations]

    @classmethod
    def operation_for(cls, name: str, settings: Mapping[str, Any]) -> OperationSpec:
        """Keys live for as long as the instance's setting ``key_lifetime`` says."""
        spec = cls.operation(name)
        return replace(spec, key_lifetime=settings.get("key_lifetime", spec.key_lifetime))

    @classmethod
    def parse(cls, request: Request) -> tuple[Event, ...]:
        """Several events in one body: ``{"events": [{"type", "record"}, …]}``."""
        events = orjson.loads(request.body)["events"]
        return tuple(Event(id="", type=event["type"], record=event["record"]) for event in events)


def install(monkeypatch: pytest.MonkeyPatch) -> Target:
    """Make systems of the kind ``memory`` known for one test; returns what is behind all of them."""
    target = Target()
    module = ModuleType(f"connectors.{KIND}.connector")
    module.CONNECTOR = type("MemoryOfOneTest", (Memory,), {"target": target})  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    known = (*interface.kinds(), KIND)
    monkeypatch.setattr(interface, "kinds", lambda: known)
    return target
