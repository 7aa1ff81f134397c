"""A Tryton of a few lines for the cursor's property test: stamps, parts, transactions that commit late.

It answers what ``connectors.tryton.reading`` asks and nothing else. A stamp is the start of the transaction that
wrote, as PostgreSQL gives it; what is not committed is not seen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.messages import StreamSpec
from connectors.tryton.resources import Resource

MODEL, PART = "fake.record", "fake.part"
RESOURCE = Resource(
    StreamSpec("record", key="id"), MODEL, ("id", "value"), {"parts": PART}, lambda row: {"value": row["value"]}
)


@dataclass
class Stored:
    """A row as committed; ``part`` is its one part, changed without the row being touched."""

    id: int
    value: int
    created: datetime
    written: datetime | None
    part_value: int = 0
    part_stamp: datetime | None = None

    def row(self) -> dict[str, Any]:
        """As ``search_read`` gives it."""
        part = {"id": self.id, "create_date": self.part_stamp, "write_date": None}
        return {
            "id": self.id,
            "value": (self.value, self.part_value),
            "create_date": self.created,
            "write_date": self.written,
            "parts.": [part] if self.part_stamp else [],
        }

    def stamps(self) -> dict[str, datetime | None]:
        """By the paths that a domain can name."""
        return {
            "create_date": self.created,
            "write_date": self.written,
            "parts.create_date": self.part_stamp,
            "parts.write_date": None,
        }


@dataclass
class FakeTryton:
    """Rows, a clock, and transactions that are under way."""

    clock: datetime = datetime(2026, 11, 21, 12, tzinfo=UTC)
    rows: dict[int, Stored] = field(default_factory=dict)
    open: list[tuple[datetime, Callable[[], None]]] = field(default_factory=list)
    _last_id: int = 0
    _last_value: int = 0

    # -- what people do --------------------------------------------------------------------------------

    def tick(self, span: timedelta, longest: timedelta) -> None:
        """Time goes by; no transaction stays open for ``longest``."""
        self.clock += span
        for begun, _ in list(self.open):
            if self.clock - begun >= longest:
                self.commit(0)

    def make(self, count: int, *, now: bool) -> None:
        """One transaction makes ``count`` records: one stamp. Ids are taken when it begins."""
        begun = self.clock
        ids = [self._next_id() for _ in range(count)]

        def land() -> None:
            for new in ids:
                self.rows[new] = Stored(new, self._next_value(), begun, None)

        self._run(begun, land, now=now)

    def edit(self, ids: Sequence[int], *, part: bool, now: bool) -> None:
        """One transaction changes records, or only a part of each."""
        begun = self.clock

        def land() -> None:
            for row in (self.rows[one] for one in ids if one in self.rows):
                if part:
                    row.part_value, row.part_stamp = self._next_value(), begun
                else:
                    row.value, row.written = self._next_value(), begun

        self._run(begun, land, now=now)

    def _run(self, begun: datetime, land: Callable[[], None], *, now: bool) -> None:
        if now:
            land()
        else:
            self.open.append((begun, land))

    def commit(self, index: int) -> None:
        """A transaction that was under way ends."""
        self.open.pop(index)[1]()

    def state(self) -> dict[str, Any]:
        """What a reader must have seen in the end."""
        return {str(row.id): row.row()["value"] for row in self.rows.values()}

    def _next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def _next_value(self) -> int:
        self._last_value += 1
        return self._last_value

    # -- what the connector asks -------------------------------------------------------------------------

    async def read(self, method: str, domain: Sequence[Any], *_: Any) -> Any:
        """``search_count``."""
        assert method == f"{MODEL}.search_count"
        return sum(_matches(row, domain) for row in self.rows.values())

    async def search_read(
        self, model: str, domain: Sequence[Any], fields: Sequence[str], *, limit: int, order: Sequence[Any] = ()
    ) -> list[dict[str, Any]]:
        """Rows by id, or the newest stamp of a model."""
        if order:
            return self._newest(model, fields[0])
        (_, _, after), changed = domain
        found = [row for number, row in sorted(self.rows.items()) if number > after and _matches(row, changed)]
        return [row.row() for row in found[:limit]]

    def _newest(self, model: str, stamp: str) -> list[dict[str, Any]]:
        path = stamp if model == MODEL else f"parts.{stamp}"
        found = [moment for row in self.rows.values() if (moment := row.stamps()[path])]
        return [{stamp: max(found)}] if found else []


def _matches(row: Stored, changed: Sequence[Any]) -> bool:
    if not changed:
        return True
    assert changed[0] == "OR"
    stamps = row.stamps()
    return any((moment := stamps[path]) is not None and moment >= since for path, _, since in changed[1:])
