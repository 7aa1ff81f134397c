"""A system in memory that keeps customers beside another one: people edit them, we write them, it reports every change.

Nothing is deduced here about who made a change: like a real system it gives the record its next version and tells
everybody, us as well.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, ClassVar

import orjson
import pytest

from connectors import interface
from connectors.errors import ConnectorError
from connectors.interface import Connector
from connectors.messages import Effect, Event, Operation, OperationSpec, Page, Receipt, Record, Request, StreamSpec
from controlplane.console.estate import catalogue

RESOURCE = "customer"


@dataclass(frozen=True, slots=True)
class Report:
    """What a side posts of one change."""

    side: str
    id: str
    code: str
    name: str
    version: int

    @property
    def record(self) -> dict[str, Any]:
        """The customer as that side had it then."""
        return {"id": f"{self.side}-{self.code}", "code": self.code, "name": self.name, "version": self.version}

    @property
    def body(self) -> bytes:
        """The webhook's body."""
        return orjson.dumps({"id": self.id, "type": "customer.changed", "record": self.record})


@dataclass
class Side:
    """``customers`` by code, as they were last reported; ``written`` is what we wrote, in order, as (code, name).

    ``changes`` counts them all.
    """

    slug: str
    customers: dict[str, tuple[int, Report]] = field(default_factory=dict)
    written: list[tuple[str, str]] = field(default_factory=list)
    _reports: list[Report] = field(default_factory=list)
    changes: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def names(self) -> dict[str, str]:
        """Every customer's name, by code."""
        return {code: report.name for code, (_, report) in self.customers.items()}

    def edit(self, code: str, name: str) -> Report:
        """Somebody makes or changes a customer."""
        with self._lock:
            return self._change(code, name)

    def write(self, code: str, name: str) -> Report:
        """We do."""
        with self._lock:
            self.written.append((code, name))
            return self._change(code, name)

    def reports(self) -> list[Report]:
        """What is to be reported and was not taken before, oldest first."""
        with self._lock:
            taken, self._reports = self._reports, []
            return taken

    def after(self, place: int) -> list[tuple[int, Report]]:
        """What changed last after ``place``, oldest change first."""
        with self._lock:
            return sorted((one for one in self.customers.values() if one[0] > place), key=lambda one: one[0])

    def _change(self, code: str, name: str) -> Report:
        self.changes += 1
        before = self.customers.get(code)
        version = before[1].version + 1 if before else 1
        report = Report(self.slug, f"{self.slug}-{self.changes}", code, name, version)
        self.customers[code] = (self.changes, report)
        self._reports.append(report)
        return report


class SideConnector(Connector):
    """``side`` is set on a subclass for each of the two."""

    streams: ClassVar[tuple[StreamSpec, ...]] = (StreamSpec(name=RESOURCE, key="id", cursor_field="after"),)
    operations: ClassVar[tuple[OperationSpec, ...]] = (
        OperationSpec("customer.put", Effect.IDEMPOTENT, resource=RESOURCE, batch=50),
    )
    volatile: ClassVar[Mapping[str, frozenset[str]]] = {RESOURCE: frozenset({"version"})}
    side: ClassVar[Side]

    async def read(self, stream: str, cursor: Mapping[str, Any]) -> AsyncIterator[Page]:
        """Pages in the order of changes."""
        assert stream == RESOURCE
        after, size = cursor.get("after", 0), self.context.settings["page_size"]
        while entries := self.side.after(after)[:size]:
            after = entries[-1][0]
            records = [Record(report.record["id"], report.record, report.version) for _, report in entries]
            yield Page(tuple(records), {"after": after})

    async def write(self, operations: Sequence[Operation]) -> list[Receipt | ConnectorError]:
        """Make or change each."""
        return [self._put(operation) for operation in operations]

    def _put(self, operation: Operation) -> Receipt:
        report = self.side.write(operation.body["code"], operation.body["name"])
        return Receipt(external_id=report.record["id"], record=report.record, version=report.version, status=200)

    @classmethod
    def parse(cls, request: Request) -> tuple[Event, ...]:
        """The one event of a report."""
        body = orjson.loads(request.body)
        record = body["record"]
        return (
            Event(
                id=body["id"],
                type=body["type"],
                record=record,
                resource=RESOURCE,
                external_id=record["id"],
                version=record["version"],
            ),
        )


def install(monkeypatch: pytest.MonkeyPatch, *slugs: str) -> list[Side]:
    """Make systems of these kinds known for one test; what is behind each."""
    sides = [Side(slug) for slug in slugs]
    for side in sides:
        module = ModuleType(f"connectors.{side.slug}.connector")
        kind = {"side": side, "kind": side.slug, "title": side.slug.title()}
        module.CONNECTOR = type(f"{side.slug.title()}OfOneTest", (SideConnector,), kind)  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, module.__name__, module)
    known = (*interface.kinds(), *slugs)
    monkeypatch.setattr(interface, "kinds", lambda: known)
    monkeypatch.setattr(catalogue, "connector_kinds", lambda: known)
    return sides
