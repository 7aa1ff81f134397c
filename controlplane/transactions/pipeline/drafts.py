"""What passes from stage to stage of processing: inbox rows, arrived events, drafts of transactions, spans."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any
from uuid import UUID

from connectors.messages import Event
from controlplane.foundation import trace_context
from controlplane.transactions.pipeline import storing
from controlplane.transactions.pipeline.catalogue import LiveFlow, Source
from controlplane.transactions.pipeline.learning import Pair
from controlplane.transactions.rules.flow import Step
from controlplane.transactions.rules.states import StepState, TransactionState

Span = dict[str, Any]
#: Instance, resource, external id.
RecordKey = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One claimed inbox row with its body; ``edited_id`` where that is not the one that was received."""

    id: UUID
    endpoint_id: int | None
    sync: Mapping[str, Any] | None
    retention: int
    lane: int
    tries: int
    headers: Mapping[str, str]
    content_type: str
    body: bytes
    edited_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class KnownWrite:
    """What we last wrote to a record: an event that shows just this is our own echo."""

    fingerprint: UUID
    version: int | None


@dataclass(slots=True)
class Arrived:
    """One event of an inbox row, before it is judged; ``record_key`` names the record it is about."""

    row: InboxRow
    source: Source
    event: Event
    spans: list[Span]
    record_key: RecordKey | None = field(init=False)

    def __post_init__(self) -> None:
        """Its key is asked for at every stage, so it is put together once."""
        self.record_key = _record_key(self.source, self.event)


def _record_key(source: Source, event: Event) -> RecordKey | None:
    if not (event.resource and event.external_id):
        return None
    return (source.instance_id, storing.text(event.resource), storing.text(event.external_id))


@dataclass(slots=True)
class StepDraft:
    """A step run to be: ``state`` is waiting, pending (to be queued) or skipped."""

    step: Step
    ordinal: int
    state: StepState
    reason: str = ""


@dataclass(slots=True)
class Draft:
    """A transaction to be, with everything that is inserted for it.

    ``canary``: a version that judges some keys first was asked, and whether it was the one that judged.
    ``observed`` is the version that it broke, which only observes, and where.
    """

    id: UUID
    row: InboxRow
    source: Source
    event_type: str
    state: TransactionState
    event: Event | None = None
    record_key: RecordKey | None = None
    flow: LiveFlow | None = None
    reason: str = ""
    error_class: str = ""
    headline: str = ""
    about: str = ""
    canonical: bytes | None = None
    canonical_id: UUID | None = None
    keys: set[tuple[int, str]] = field(default_factory=set)
    links: list[Pair] = field(default_factory=list)
    ordering: str = ""
    amount_minor: int | None = None
    currency: str = ""
    observed: tuple[int, str] | None = None
    steps: list[StepDraft] = field(default_factory=list)
    canary: tuple[int, bool] | None = None
    spans: list[Span] = field(default_factory=list)


class Quarantined(Exception):
    """The event is kept but goes no further: ``error_class`` and a reason for the owner."""

    def __init__(self, error_class: str, reason: str) -> None:
        super().__init__(reason)
        self.error_class = error_class
        self.reason = reason


class Stage:
    """One stage while it is timed: a class, because five of them go with each event."""

    __slots__ = ("_began", "_entry")

    def __init__(self, entry: Span) -> None:
        self._entry = entry

    def __enter__(self) -> Span:
        """It begins."""
        self._began = time.perf_counter_ns()
        return self._entry

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """It ends; an exception that leaves it goes on."""
        if isinstance(error, Exception):
            self._entry["error"] = str(error)[:500]
        self._entry["us"] = (time.perf_counter_ns() - self._began) // 1000


def span(spans: list[Span], name: str, **detail: Any) -> Stage:
    """Time one stage; an exception that leaves it is noted and goes on."""
    entry: Span = {"name": name, "at": int(time.time() * 1000), **detail}
    spans.append(entry)
    return Stage(entry)


def quarantined(row: InboxRow, source: Source, error: Quarantined, identifier: UUID | None = None) -> Draft:
    """The transaction of an event that cannot even be read; it has the row's id unless another is given."""
    spans: list[Span] = [{"name": "parse", "at": int(time.time() * 1000), "us": 0, "error": error.reason}]
    return Draft(
        identifier or row.id,
        row,
        source,
        "",
        TransactionState.QUARANTINED,
        reason=error.reason,
        error_class=error.error_class,
        headline=error.reason,
        spans=spans,
    )


def correlation_of(row: InboxRow) -> trace_context.TraceContext:
    """The sender's trace where it gave one, or one that begins with this event."""
    if not (header := row.headers.get("traceparent", "")):
        return trace_context.TraceContext(row.id)
    found = trace_context.parse(header)
    return found if found.parent_span else trace_context.TraceContext(row.id)
