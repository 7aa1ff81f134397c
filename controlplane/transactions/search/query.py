"""A query as values: what :mod:`grammar` reads and :mod:`plan` turns into SQL. Pure."""

from __future__ import annotations

import dataclasses
import enum
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Span:
    """Characters ``start`` (included) to ``end`` (excluded) of the text."""

    start: int
    end: int


NOWHERE = Span(0, 0)


@dataclass(frozen=True, slots=True)
class Word:
    """A value as it is. ``quoted``: the person put it in quotation marks."""

    text: str
    quoted: bool = False
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and its unit, which may be empty."""

    number: Decimal
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """``operator`` is one of ``>``, ``>=``, ``<``, ``<=`` and ``=`` (written without a sign)."""

    operator: str
    quantity: Quantity
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Range:
    """From ``low`` to ``high``, both included."""

    low: Quantity
    high: Quantity
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


Value: TypeAlias = Word | Comparison | Range


@dataclass(frozen=True, slots=True)
class Term:
    """One condition: any of ``values``. ``field`` is empty for a bare word."""

    field: str
    values: tuple[Value, ...]
    negated: bool = False
    span: Span = dataclasses.field(default=NOWHERE, compare=False)

    @property
    def words(self) -> tuple[Word, ...]:
        """The values that are words."""
        return tuple(value for value in self.values if isinstance(value, Word))


@dataclass(frozen=True, slots=True)
class Query:
    """All terms must hold."""

    terms: tuple[Term, ...] = ()

    def of(self, *names: str) -> tuple[Term, ...]:
        """The terms of these fields."""
        return tuple(term for term in self.terms if term.field in names)

    def without(self, *names: str) -> Query:
        """The query without the terms of these fields."""
        return Query(tuple(term for term in self.terms if term.field not in names))


class Reading(enum.Enum):
    """What a bare word is taken for."""

    ID = "id"
    KEY = "key"
    TEXT = "text"


UUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)
#: Words of other search languages, and what is written here instead.
BOOLEAN = {
    "OR": "a comma means or (status:dead,partial)",
    "AND": "a space means and",
    "NOT": "a minus means not",
}
_PLAIN = re.compile(r'[^\s",():<>\\-][^\s",():]*')


def reading(word: Word) -> Reading:
    """What a bare word is: an id of ours, a business key (it has a digit, ``_`` or ``@``), or text."""
    if UUID.fullmatch(word.text):
        return Reading.ID
    if not word.quoted and any(character.isdigit() or character in "_@" for character in word.text):
        return Reading.KEY
    return Reading.TEXT


def render(query: Query) -> str:
    """The text of a query, such that ``parse(render(query)) == query``."""
    return " ".join(map(render_term, query.terms))


def render_term(term: Term) -> str:
    """The text of one term."""
    prefix = ("-" if term.negated else "") + (f"{term.field}:" if term.field else "")
    return prefix + ",".join(render_value(value) for value in term.values)


def word(text: str) -> Word:
    """A value that means ``text``, quoted where it has to be."""
    plain = _PLAIN.fullmatch(text) is not None and text not in BOOLEAN
    return Word(text, quoted=not plain)


def render_value(value: Value) -> str:
    """The text of one value."""
    if isinstance(value, Comparison):
        return ("" if value.operator == "=" else value.operator) + _render_quantity(value.quantity)
    if isinstance(value, Range):
        return f"{_render_quantity(value.low)}..{_render_quantity(value.high)}"
    if value.quoted:
        return '"' + value.text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return value.text


def _render_quantity(quantity: Quantity) -> str:
    return f"{quantity.number:f}{quantity.unit}"
