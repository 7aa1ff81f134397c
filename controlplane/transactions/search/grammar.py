r"""The search language: what a person typed, read into terms. Pure; no database.

::

    query   = term { ws term }                     ; a space means AND
    term    = ["-"] ( field ":" value { "," value } | value { "," value } )   ; a comma means OR, "-" negates
    value   = word | quoted | compare | range
    compare = (">" | ">=" | "<" | "<=") number [unit]
    range   = number [unit] ".." number [unit]                                ; an amount may be below zero: -50..-10
    quoted  = '"' … '"'                            ; \\" and \\\\ inside

:func:`parse` gives a :class:`Query` or raises :class:`BadQuery`, whose faults each point at the
characters that are wrong and, where one can be guessed, at what was meant. A field that does not exist
is a fault, never an empty result.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal
from difflib import get_close_matches

from controlplane.foundation.errors import Invalid
from controlplane.transactions.search import moments
from controlplane.transactions.search.fields import (
    BY_NAME,
    CURRENCY,
    CURRENCY_LETTERS,
    TIME_UNITS,
    Field,
    Shape,
    key_fields,
)
from controlplane.transactions.search.query import (
    BOOLEAN,
    UUID,
    Comparison,
    Quantity,
    Query,
    Range,
    Span,
    Term,
    Value,
    Word,
    render_term,
    render_value,
)

MAX_LENGTH = 2_000
MAX_TERMS = 30
MAX_VALUES = 30


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the characters of ``span``; ``suggestion`` would replace them."""

    span: Span
    message: str
    suggestion: str = ""


class BadQuery(Invalid):
    """The text is no query; ``faults`` has at least one, in the order of the text."""

    code = "bad-query"

    def __init__(self, text: str, faults: Iterable[Fault]) -> None:
        self.text = text
        self.faults = tuple(faults)
        told = [
            asdict(fault.span) | {"message": fault.message, "suggestion": fault.suggestion} for fault in self.faults
        ]
        super().__init__(" ".join(fault.message for fault in self.faults), field="q", faults=told)


FIELD = re.compile(r"([A-Za-z][A-Za-z0-9_-]*):")
_NUMBER = r"(-?[0-9]{1,15}(?:\.[0-9]{1,6})?)([A-Za-z]{0,3})"
_COMPARISON = re.compile(rf"(>=|<=|>|<|){_NUMBER}")
_RANGE = re.compile(rf"{_NUMBER}\.\.{_NUMBER}")
_THOUSANDS = re.compile(r"(?<![0-9])(?<![0-9]\.)[0-9]+(?:,0*[0-9]{3})+(?![0-9])")


class _Wrong(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Piece:
    """The characters of one term, before they are understood: what the page marks and removes."""

    text: str
    span: Span


def pieces(text: str) -> list[Piece]:
    """The text split at the spaces outside quotation marks. An unclosed one reaches to the end."""
    found: list[Piece] = []
    start, quoted, escaped = -1, False, False
    for position, character in enumerate(text):
        if character.isspace() and not quoted:
            if start >= 0:
                found.append(Piece(text[start:position], Span(start, position)))
            start = -1
            continue
        start = position if start < 0 else start
        if character == '"' and not escaped:
            quoted = not quoted
        escaped = quoted and character == "\\" and not escaped
    if start >= 0:
        found.append(Piece(text[start:], Span(start, len(text))))
    return found


def parse(text: str, kinds: Collection[str] = ()) -> Query:
    """The query of ``text``; ``kinds`` are the slugs of business keys. Raises :class:`BadQuery`."""
    if len(text) > MAX_LENGTH:
        message = f"A search may have {MAX_LENGTH:,} characters; this one has {len(text):,}."
        raise BadQuery(text, [Fault(Span(MAX_LENGTH, len(text)), message)])
    keys = key_fields(kinds)
    terms: list[Term] = []
    faults: list[Fault] = []
    for piece in pieces(text):
        try:
            terms.append(_term(piece, keys))
        except _Wrong as wrong:
            faults.append(wrong.fault)
    if len(terms) > MAX_TERMS:
        extra = terms[MAX_TERMS]
        faults.append(Fault(extra.span, f"A search may have {MAX_TERMS} terms; this one has {len(terms)}."))
    if faults:
        raise BadQuery(text, faults)
    return Query(tuple(terms))


def typed(term: Term, kinds: Collection[str] = ()) -> str:
    """The search for a term as somebody would type it; empty where that cannot be typed, as a tab cannot."""
    text = render_term(term)
    try:
        return text if parse(text, kinds).terms == (term,) else ""
    except BadQuery:
        return ""


def _term(piece: Piece, keys: dict[str, str]) -> Term:
    _check_characters(piece)
    negated = piece.text.startswith("-")
    start = piece.span.start + negated
    body = piece.text[1:] if negated else piece.text
    if not body:
        raise _Wrong(Fault(piece.span, "A minus stands directly before what it excludes: -status:ok."))
    if body in BOOLEAN:
        raise _Wrong(Fault(piece.span, f"“{body}” is not part of the language: {BOOLEAN[body]}."))
    name, offset = "", 0
    if found := FIELD.match(body):
        name, offset = found[1].lower(), found.end()
        _check_field(name, body[offset:], piece, Span(start, start + offset), keys)
    if name == "amount":
        _check_thousands(body[offset:], start + offset)
    values = tuple(
        _value(raw, BY_NAME.get(name))
        for raw in _raw_values(body[offset:], start + offset, f"{name}:" if name else "a minus")
    )
    _check_values(name, values, negated=negated, span=piece.span)
    return Term(name, values, negated, piece.span)


def _check_characters(piece: Piece) -> None:
    for offset, character in enumerate(piece.text):
        if unicodedata.category(character) in {"Cc", "Cs"}:
            at = piece.span.start + offset
            raise _Wrong(Fault(Span(at, at + 1), "There is a character here that cannot be searched for."))


def _check_field(name: str, rest: str, piece: Piece, span: Span, keys: dict[str, str]) -> None:
    if name in BY_NAME or name in keys:
        return
    close = get_close_matches(name, [*BY_NAME, *keys], n=1, cutoff=0.6)
    if close:
        message = f"There is no field “{name}”; did you mean {close[0]}:?"
        raise _Wrong(Fault(span, message, f"{close[0]}:"))
    message = f"There is no field “{name}”. Put text that has a colon in quotation marks."
    quoted = render_value(Word(f"{name}:{rest}".replace('"', ""), quoted=True))
    raise _Wrong(Fault(piece.span, message, quoted))


@dataclass(frozen=True, slots=True)
class _Raw:
    text: str
    span: Span
    quoted: bool = False


def _raw_values(text: str, start: int, name: str) -> Iterator[_Raw]:
    position = 0
    while True:
        raw, position = _raw_value(text, position, start, name)
        yield raw
        if position == len(text):
            return
        position += 1  # the comma


def _raw_value(text: str, position: int, start: int, name: str) -> tuple[_Raw, int]:
    """The value at ``position`` and where it ends: at a comma or at the end of ``text``."""
    if text.startswith('"', position):
        return _quoted(text, position, start)
    end = text.find(",", position)
    end = len(text) if end < 0 else end
    raw = text[position:end]
    span = Span(start + position, start + end)
    if not raw:
        at = Span(max(0, span.start - 1), max(1, span.end))
        raise _Wrong(Fault(at, f"After “{name}” and after each comma comes a value."))
    for offset, character in enumerate(raw):
        if character in '()"':
            at = Span(span.start + offset, span.start + offset + 1)
            raise _Wrong(Fault(at, _WRONG_CHARACTER[character], render_value(Word(character, quoted=True))))
    return _Raw(raw, span), end


_NO_GROUPS = "Parentheses group nothing here: a comma means or. Put text that has them in quotation marks."
_WRONG_CHARACTER = {
    "(": _NO_GROUPS,
    ")": _NO_GROUPS,
    '"': "A quotation mark stands at the beginning of a value; inside quotes, write it as \\”.",
}


def _quoted(text: str, position: int, start: int) -> tuple[_Raw, int]:
    content: list[str] = []
    at = position + 1
    while at < len(text) and text[at] != '"':
        at += text[at] == "\\" and at + 1 < len(text)
        content.append(text[at])
        at += 1
    span = Span(start + position, start + min(at + 1, len(text)))
    if at >= len(text):
        raise _Wrong(Fault(span, "This quotation mark is never closed.", f'{text[position:]}"'))
    if not "".join(content).strip():
        raise _Wrong(Fault(span, "There is nothing between these quotation marks."))
    if at + 1 < len(text) and text[at + 1] != ",":
        beyond = Span(start + at + 1, start + len(text))
        raise _Wrong(Fault(beyond, "After a closing quotation mark comes a space or a comma."))
    return _Raw("".join(content), span, quoted=True), at + 1


def _value(raw: _Raw, of: Field | None) -> Value:
    word = Word(raw.text, raw.quoted, raw.span)
    if of is None:
        return word
    match of.shape:
        case Shape.NUMBER:
            return _number(raw, of)
        case Shape.CHOICE:
            return _choice(raw, of)
        case Shape.MOMENT if not moments.is_moment(raw.text):
            raise _Wrong(Fault(raw.span, f"“{raw.text}” is no time: write {moments.EXAMPLES}.", _close_day(raw)))
        case Shape.DAY if not moments.is_day(raw.text):
            raise _Wrong(
                Fault(raw.span, f"“{raw.text}” is no day: write today, monday or 2026-11-23.", _close_day(raw))
            )
        case Shape.UUID if not UUID.fullmatch(raw.text):
            message = f"“{raw.text}” is no id of ours, which has 32 hexadecimal digits. Type a business key on its own."
            raise _Wrong(Fault(raw.span, message))
        case _:
            return word


def _close_day(raw: _Raw) -> str:
    return next(iter(get_close_matches(raw.text.lower(), moments.NAMED_DAYS, n=1)), "")


def _choice(raw: _Raw, of: Field) -> Word:
    text = raw.text.lower()
    if text in of.choices:
        return Word(text, raw.quoted, raw.span)
    if text in of.refused:
        raise _Wrong(Fault(raw.span, f"{of.name}:{text} cannot be searched: {of.refused[text]}."))
    close = next(iter(get_close_matches(text, of.choices, n=1)), "")
    offer = f"; did you mean {close}?" if close else "."
    message = f"{of.name}: takes {', '.join(of.choices)}{offer}"
    raise _Wrong(Fault(raw.span, message, close))


def _number(raw: _Raw, of: Field) -> Comparison | Range:
    if found := _RANGE.fullmatch(raw.text):
        low, high = _quantity(found[1], found[2] or found[4], raw, of), _quantity(found[3], found[4], raw, of)
        _check_range(low, high, raw)
        return Range(low, high, raw.span)
    if found := _COMPARISON.fullmatch(raw.text):
        return Comparison(found[1] or "=", _quantity(found[2], found[3], raw, of), raw.span)
    raise _Wrong(Fault(raw.span, f"{of.name}: takes a number, such as {of.example}; ranges are written 1..5."))


def _check_thousands(text: str, start: int) -> None:
    """``1,000`` would be read as "1 or 000", and answer another question."""
    if found := _THOUSANDS.search(text):
        plain = found.group().replace(",", "")
        span = Span(start + found.start(), start + found.end())
        message = f"A comma means or: write {plain} for one amount. Several have their currency, such as 100eur,200eur."
        raise _Wrong(Fault(span, message, plain))


def _check_range(low: Quantity, high: Quantity, raw: _Raw) -> None:
    factors = [TIME_UNITS.get(quantity.unit) for quantity in (low, high)]
    if factors[0] is None and low.unit != high.unit:
        raise _Wrong(Fault(raw.span, "A range has one currency."))
    first, last = ((factor or 1) * quantity.number for factor, quantity in zip(factors, (low, high), strict=True))
    if first > last:
        swapped = render_value(Range(high, low))
        raise _Wrong(Fault(raw.span, "The range begins above its end.", swapped))


def _quantity(number: str, unit: str, raw: _Raw, of: Field) -> Quantity:
    if CURRENCY in of.units:
        if unit and len(unit) != CURRENCY_LETTERS:
            raise _Wrong(Fault(raw.span, f"“{unit}” is no currency: write its three letters, such as {of.example}."))
        return Quantity(Decimal(number), unit.upper())
    if number.startswith("-"):
        raise _Wrong(Fault(raw.span, f"{of.name}: is never below zero; write such as {of.example}."))
    unit = unit.lower()
    if of.units and unit not in of.units:
        raise _Wrong(Fault(raw.span, f"{of.name}: needs a unit ({', '.join(of.units)}), such as {of.example}."))
    if not of.units and unit:
        raise _Wrong(Fault(raw.span, f"{of.name}: takes a plain number, such as {of.example}.", raw.text[: -len(unit)]))
    return Quantity(Decimal(number), unit)


def _check_values(name: str, values: tuple[Value, ...], *, negated: bool, span: Span) -> None:
    if len(values) > MAX_VALUES:
        raise _Wrong(Fault(span, f"A term may have {MAX_VALUES} values; this one has {len(values)}."))
    if name not in {"after", "before", "on"}:
        return
    if negated:
        raise _Wrong(Fault(span, f"{name}: cannot be turned around with a minus; use after:, before: and on:."))
    if len(values) > 1:
        raise _Wrong(Fault(span, f"{name}: takes one value."))
