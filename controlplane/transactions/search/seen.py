"""Words in headlines and reasons, found only where the person who asks may read them (``selectors.sentences``).

Vendors repeat values in what they say. Were such a sentence searched as it is, whoever sees it masked could ask for a
value letter by letter. In SQL, so that pages and counts are as quick and as true as those of any other condition; it
hides what :mod:`controlplane.transactions.masking` hides, and here and there a little more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from controlplane.transactions.masking import ACCOUNT, IN_ADDRESS, LONG_NUMBER, TELEPHONE
from controlplane.transactions.search.query import Word
from controlplane.transactions.search.sql import Fragment, any_of, like


@dataclass(frozen=True, slots=True)
class Reads:
    """The integrations of whose sentences somebody reads every word, and those without what is personal; None is all.

    Of all others they read no value: what anybody may read is the default.
    """

    whole: frozenset[int] | None = frozenset()
    masked: frozenset[int] | None = frozenset()

    def all_of(self, visible: frozenset[int] | None) -> bool:
        """Whether every word of these integrations is theirs to read."""
        return self.whole is None or (visible is not None and visible <= self.whole)


#: Every word of everything, and no value of anything.
WHOLE, NOTHING = Reads(None, None), Reads()

#: As in ``masking``, one after the other: addresses keep what is behind their @, then numbers.
#: PostgreSQL calls the edge of a word ``\y``.
_ADDRESS = f"{IN_ADDRESS}+(@{IN_ADDRESS}+)"
_NUMBERED = f"{TELEPHONE}|{ACCOUNT}".replace(r"\b", r"\y")
#: In place of what is hidden: in no word that anybody types.
_GAP = "\x1f"
#: What is before the first quotation mark, but for the apostrophes of ``can't``: which closes which is not judged here.
_UNQUOTED = r"""^(?:[^'"„“‚‘«]|(?<=\w)'(?=(?:d|ll|m|re|s|t|ve)\y))*"""
_MASKED = "regexp_replace(regexp_replace({0}, %s, %s, 'g'), %s, %s, 'g')"
_PERSONAL = (_ADDRESS, rf"{_GAP}\1", _NUMBERED, _GAP)
_VALUES = (_UNQUOTED, _ADDRESS, rf"{_GAP}\1", f"{_NUMBERED}|{LONG_NUMBER}", _GAP)


def text(words: Iterable[Word], reads: Reads) -> Fragment:
    """One of the words in what lists show: headline, error, reason. Scans: only within a bounded time."""
    patterns = [f"%{like(one.text)}%" for one in words]
    said = [_said(f"t.{column}", patterns, reads) for column in ("headline", "reason")]
    return any_of([Fragment("t.error_class ilike any(%s)", (patterns,)), *said])


def _said(column: str, patterns: list[str], reads: Reads) -> Fragment:
    """Sentences are masked only where they have a word at all; nothing that is hidden makes a new one."""
    found = f"{column} ilike any(%s)"
    if reads.whole is None:
        return Fragment(found, (patterns,))
    cases: list[tuple[str, tuple[Any, ...]]] = [
        (f"when ({found}) is not true then false", (patterns,)),
        ("when t.integration_id = any(%s) then true", (sorted(reads.whole),)),
    ]
    personal = f"{_MASKED.format(column)} ilike any(%s)"
    values = f"{_MASKED.format(f'substring({column} from %s)')} ilike any(%s)"
    if reads.masked is None:
        cases.append((f"else {personal}", (*_PERSONAL, patterns)))
    else:
        masked = sorted(reads.masked)
        cases.append((f"when t.integration_id = any(%s) then {personal}", (masked, *_PERSONAL, patterns)))
        cases.append((f"else {values}", (*_VALUES, patterns)))
    sql = " ".join(one for one, _ in cases)
    return Fragment(f"case {sql} end", tuple(value for _, values in cases for value in values))
