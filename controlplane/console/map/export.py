"""What breaks, as a table to take along: an integration a line, with whom to call and what to do meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

from controlplane.console.map.impact import Impact, Struck
from controlplane.foundation.spreadsheet import BYTE_ORDER_MARK, cell, lines

COLUMNS = (
    "integration",
    "name",
    "stops or waits",
    "declared",
    "criticality",
    "environment",
    "process",
    "steps",
    "team",
    "owner",
    "deputy",
    "transactions a day",
    "how it fails and what to do by hand",
    "runbook",
)


def csv_lines(found: Impact) -> Iterator[bytes]:
    """The table of an impact, for a spreadsheet."""
    steps = {hit.process.slug: ", ".join(hit.steps) for hit in found.processes}
    yield f"{BYTE_ORDER_MARK}{lines([COLUMNS])}".encode()
    for one in found.struck:
        yield lines([[cell(text) for text in _row(one, steps)]]).encode()


def _row(one: Struck, steps: dict[str, str]) -> Iterator[str]:
    row = one.integration
    yield from (row.slug, row.name, one.how, "no" if one.undeclared else "yes", row.criticality, row.environment.slug)
    yield from (row.process.name, steps.get(row.process.slug, "")) if row.process else ("", "")
    yield row.team.name
    yield from (person.name if person else "" for person in (row.owner, row.deputy))
    yield "" if one.per_day is None else f"{one.per_day:.0f}"
    yield "; ".join(f"{mode.name}: {mode.workaround or 'no workaround is written down'}" for mode in one.failures)
    yield row.runbook
