"""Payloads on a page: JSON with line numbers, and values of a mapping's two sides."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

#: Longer payloads are cut here on the page; the download has all of it.
MOST_LINES = 2000

_TOKENS = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*")(?=\s*:)|(?P<text>"(?:[^"\\]|\\.)*")|(?P<rest>-?\d[\d.eE+-]*|true|false|null)'
)
_CLASSES = {"key": "k", "text": "v", "rest": "n"}
# What looks like nothing but is something: no-break, thin and zero-width spaces, tabs.
_ANY_SPACE = re.compile(r"\s")
_ODD_SPACES = re.compile("[\u00a0\u2000-\u200b\u202f\u2060\ufeff\t]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a payload, already marked up."""

    number: int
    text: SafeString


def lines(value: Any) -> tuple[list[Line], int]:
    """``value`` as JSON, line by line with its tokens marked, and how many lines there are in all.

    Text is shown as it is (a broken body is not JSON).
    """
    text = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False, default=str)
    every = text.splitlines()
    return [Line(number, _marked(line)) for number, line in enumerate(every[:MOST_LINES], 1)], len(every)


def literal(value: Any, *, suspect: bool = False) -> SafeString:
    """One value of a mapping as JSON writes it; odd spaces are marked, all of them where it is suspect."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return format_html_join("", "{}", ((part,) for part in _spaces_shown(text, _ANY_SPACE if suspect else _ODD_SPACES)))


def _spaces_shown(text: str, spaces: re.Pattern[str]) -> Iterator[SafeString | str]:
    reached = 0
    for found in spaces.finditer(text):
        yield text[reached : found.start()]
        yield format_html('<mark title="U+{}">&nbsp;</mark>', f"{ord(found.group()):04X}")
        reached = found.end()
    yield text[reached:]


def _marked(line: str) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in _tokens(line)))


def _tokens(line: str) -> Iterator[SafeString | str]:
    reached = 0
    for found in _TOKENS.finditer(line):
        yield line[reached : found.start()]
        kind = found.lastgroup or ""
        yield format_html('<span class="{}">{}</span>', _CLASSES[kind], found.group())
        reached = found.end()
    yield line[reached:] or mark_safe("")
