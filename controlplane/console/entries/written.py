"""An entry as a person writes it in a form: read as part of a document, with its mistakes by the lines of the form."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from textwrap import indent
from typing import Any, Final

from controlplane.console.entries.sorts import Said, Sort
from controlplane.console.estate.apply import planned
from controlplane.console.estate.export import yaml_of
from controlplane.console.estate.format import FORMAT
from controlplane.console.estate.problems import Refused
from controlplane.console.estate.reading import Written, read_text

#: Lines of the document before those of the form, and how far these are set in.
_HEAD, _IN = 2, 4
_FORM: Final = "entry"
NO_FIELDS: Final = "Write names of fields with values, such as “name: Pay”."


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong, and in which line of the form; None where nobody can say."""

    words: str
    line: int | None = None


class Amiss(Exception):
    """The form cannot be read: all that is wrong with it."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__(mistakes)
        self.mistakes = mistakes


def read_entry(sort: Sort, slug: str, text: str) -> Said:
    """What the form says. :class:`Amiss` tells everything for which an estate document would be refused."""
    document = _document(sort, slug, text)
    entry = (document.get(sort.section) or {}).get(slug) or {}
    mistakes = _mistakes(sort, slug, document) if isinstance(entry, dict) else [Mistake(NO_FIELDS, 1)]
    if mistakes:
        raise Amiss(mistakes)
    return dict(entry)


def _document(sort: Sort, slug: str, text: str) -> Written:
    head = f"{sort.section}:\n  {json.dumps(slug)}:\n"
    try:
        return read_text(head + indent(text.replace("\r\n", "\n"), " " * _IN), _FORM)
    except Refused as refused:
        raise Amiss(_told(sort, slug, refused)) from refused


def _mistakes(sort: Sort, slug: str, document: Written) -> list[Mistake]:
    try:
        planned(document, decided_by=sort.name)
    except Refused as refused:
        return _told(sort, slug, refused)
    return []


def _told(sort: Sort, slug: str, refused: Refused) -> list[Mistake]:
    """By the lines of the form, without the words that its person did not write."""
    told: Iterable[Mapping[str, Any]] = refused.extra.get("problems", ())
    return [Mistake(_without(f"{sort.section}.{slug}", str(one["message"])), _line(one["line"])) for one in told]


def begun(sort: Sort) -> str:
    """The fields that a new entry needs, to be filled in."""
    needed = {name: one for name, one in FORMAT[sort.section].items() if one.needed}
    others = ", ".join(name for name in FORMAT[sort.section] if name not in needed)
    lines = [f"{name}:   # {one.means}" for name, one in needed.items()]
    return "\n".join([*lines, f"# and what else it has to say: {others}", ""])


def text_of(entry: Said) -> str:
    """An entry as people write it."""
    return yaml_of(entry)


def _line(line: Any) -> int | None:
    return max(line - _HEAD, 1) if isinstance(line, int) else None


def _without(where: str, words: str) -> str:
    found = words.removeprefix(where).lstrip(".:").strip()
    return found[:1].upper() + found[1:] if words.startswith(f"{where}: ") else found
