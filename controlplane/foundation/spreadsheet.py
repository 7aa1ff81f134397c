"""Text in cells of a spreadsheet: shown, never calculated. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

#: What a spreadsheet takes for the beginning of a formula, half and full width (OWASP, "CSV Injection").
_FORMULA = frozenset("=+-@＝＋－＠")
_CONTROL = frozenset("\t\r\n")
#: Excel guesses a file's encoding unless it begins with this.
BYTE_ORDER_MARK = "\ufeff"


def cell(text: str) -> str:
    """``text`` such that no spreadsheet runs it: an apostrophe before what would begin a formula."""
    risky = text.lstrip()[:1] in _FORMULA or text[:1] in _CONTROL
    return f"'{text}" if risky else text


def lines(rows: Iterable[Iterable[str]]) -> str:
    """The rows as CSV (RFC 4180)."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()
