"""What a document describes, as far as the inventory is concerned."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from controlplane.console.estate.problems import Refused
from controlplane.console.imports.reading import Path, Source

#: Problems that are told at once; what is behind them would not be read anyway.
MOST_TOLD: Final = 100
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Described:
    """One operation. ``key`` is what it is in its interface, whatever it is called: ``GET /orders``."""

    key: str
    name: str
    action: str
    address: str
    summary: str = ""
    deprecated: bool = False
    request: Json = field(default_factory=dict)
    responses: Json = field(default_factory=dict)
    tags: Sequence[str] = ()
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Door:
    """One interface: ``suffix`` keeps the second of a document apart from its first."""

    kind: str
    name: str
    purpose: str
    version: str
    documentation: str
    operations: Sequence[Described]
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """All that was understood. ``schemas`` are those asked for, by name; ``notes`` what is left out, and why."""

    format: str
    doors: Sequence[Door]
    schemas: Mapping[str, Json] = field(default_factory=dict)
    notes: Sequence[str] = ()


class Findings:
    """What is wrong with a document, and what is only to be said of it."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.notes: list[str] = []
        self._wrong: dict[tuple[str, Path], None] = {}

    def wrong(self, words: str, at: Path) -> None:
        """This cannot be imported."""
        self._wrong[(words, at)] = None

    def note(self, words: str) -> None:
        """This is left out; the rest is imported all the same."""
        if words not in self.notes:
            self.notes.append(words)

    def settle(self) -> None:
        """Raise :class:`Refused` with all that is wrong, in the order of the file."""
        if not self._wrong:
            return
        told = [(self.source.places.of(at), words, at) for words, at in list(self._wrong)[:MOST_TOLD]]
        lines = [self.source.sentence(words, at) for _, words, at in sorted(told, key=lambda one: one[0])]
        if (more := len(self._wrong) - len(lines)) > 0:
            lines.append(f"{self.source.file}: and {more} more.")
        raise Refused(lines)


def digest(value: Any) -> str:
    """Of what a value says, whatever the order of its names."""
    return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()


def one_line(value: Any, longest: int) -> str:
    """Text of somebody else on one line and not too long; "" for what is no text."""
    text = " ".join(value.split()) if isinstance(value, str) else ""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def web_address(value: Any) -> str:
    """An address that a page may link to; "" for everything else."""
    text = value.strip() if isinstance(value, str) else ""
    return text if text.startswith(("https://", "http://")) and len(text) <= 500 and " " not in text else ""  # noqa: PLR2004
