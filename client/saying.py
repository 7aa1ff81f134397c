"""What is shown on a terminal: what senders wrote is made harmless first."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

LONGEST = 160


def plain(text: Any) -> str:
    """In one line, without anything that a terminal would obey or that changes how the line reads."""
    return "".join(character if character.isprintable() else " " for character in str(text))[:LONGEST]


def say(*words: str) -> None:
    """One line, at once."""
    sys.stdout.write(" ".join(words) + "\n")
    sys.stdout.flush()


def complain(words: str) -> None:
    """One line for people, beside what programs read."""
    sys.stderr.write(f"interlock: {words}\n")
    sys.stderr.flush()


def moment(written: str | None) -> str:
    """A time of the API in this machine's zone, to the second; "" for none."""
    return datetime.fromisoformat(written).astimezone().strftime("%H:%M:%S") if written else ""


def seconds(length: float) -> str:
    """0.42 s, 12 s, 4 min."""
    if length < 10:  # noqa: PLR2004 - where hundredths say something
        return f"{length:.2f} s"
    return f"{length:.0f} s" if length < 120 else f"{length / 60:.0f} min"  # noqa: PLR2004


def row(one: Mapping[str, Any]) -> str:
    """One transaction of a list in a line."""
    words = [moment(one["received_at"]), f"{one['state']:<11}", one["id"], plain(one["title"]), plain(one["key"])]
    return "  ".join(filter(None, [*words, plain(one["why"])]))


def table(lines: Iterable[Sequence[str]]) -> None:
    """Columns as wide as they need to be."""
    rows = [[plain(cell) for cell in line] for line in lines]
    widths = [max((len(cell) for cell in column), default=0) for column in zip(*rows, strict=True)]
    for cells in rows:
        say("  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip())
