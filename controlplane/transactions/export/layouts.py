"""What is written of a row, and how: CSV for a spreadsheet, JSON for a program."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from controlplane.foundation.spreadsheet import BYTE_ORDER_MARK, cell, lines
from controlplane.foundation.streaming import CSV, JSON
from controlplane.transactions.models import ExportFormat
from controlplane.transactions.rules import money
from controlplane.transactions.selectors.listing import Row

#: A column's name in CSV; that in JSON is the same in lower case, with underscores.
COLUMNS = (
    "Transaction",
    "Status",
    "Title",
    "Integration",
    "Key",
    "What happened",
    "Event type",
    "Error",
    "Received (UTC)",
    "Received (local)",
    "Ended (UTC)",
    "Seconds",
    "Amount",
    "Currency",
    "Trace",
)
_NAMES = tuple(name.lower().translate(str.maketrans(" ", "_", "()")) for name in COLUMNS)
#: These are numbers, whatever they begin with.
_NUMBERS = frozenset({"seconds", "amount"})
#: Of these, what is not there is null in JSON.
_MAY_BE_MISSING = frozenset({"ended_utc", "amount", "currency"})


@dataclass(frozen=True, slots=True)
class Layout:
    """A file: ``head``, rows with ``between`` from one to the next, ``tail``."""

    media_type: str
    head: str
    between: str
    tail: str
    write: Callable[[Sequence[Row], ZoneInfo], str]


def _csv(rows: Sequence[Row], zone: ZoneInfo) -> str:
    return lines(
        [text if name in _NUMBERS else cell(text) for name, text in zip(_NAMES, _texts(row, zone), strict=True)]
        for row in rows
    )


def _json(rows: Sequence[Row], zone: ZoneInfo) -> str:
    return ",\n".join(
        json.dumps({name: _value(row, name, text) for name, text in zip(_NAMES, _texts(row, zone), strict=True)})
        for row in rows
    )


def _value(row: Row, name: str, text: str) -> str | float | None:
    """An amount stays text: there is no number in JSON that keeps its cents for every reader."""
    if name == "seconds":
        return round(row.seconds, 3)
    return None if not text and name in _MAY_BE_MISSING else text


def _texts(row: Row, zone: ZoneInfo) -> tuple[str, ...]:
    return (
        str(row.id),
        row.state,
        row.title,
        row.integration,
        row.key,
        row.why,
        row.event_type,
        row.error,
        _instant(row.at),
        _instant(row.at.astimezone(zone)),
        _instant(row.ended) if row.ended else "",
        f"{row.seconds:.3f}",
        money.plain(row.minor, row.currency),
        row.currency,
        str(row.correlation_id),
    )


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")


LAYOUTS: Mapping[ExportFormat, Layout] = {
    ExportFormat.CSV: Layout(CSV, BYTE_ORDER_MARK + lines([COLUMNS]), "", "", _csv),
    ExportFormat.JSON: Layout(JSON, "[\n", ",\n", "\n]\n", _json),
}
