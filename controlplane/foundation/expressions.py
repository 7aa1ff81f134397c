"""CEL: the one expression language of mappings, filters, keys, policies and selectors.

Compiled once and kept. The engine does not coerce, has no loops but bounded comprehensions, and
reads nothing but what it is given. What it lacks for money and text is added here as functions:

``minor("12.50", 2) → 1250`` and ``major(1250, 2) → "12.50"``: money between decimal text and integer
minor units, never through a float. ``text(x)``, ``lower(s)``, ``upper(s)``, ``trim(s)``, ``replace(s, a, b)``,
``joined(list, sep)``, ``first(list, default)``, ``orelse(x, default)`` (null or empty becomes the default),
``iso(seconds)`` (an ISO 8601 date-time from epoch seconds) and ``digest(s)`` (32 hex digits of SHA-256).

A missing field is an error that names it: use ``has(event.x) ? event.x : "…"``.

What costs time here is handing documents to the engine: it is given only the fields that an expression reads, and
plain paths (``event.customer.id``), and one of our functions over such a path, do without it. Its ``map`` and
``filter`` take time by the square of a list's length, so the lists they may meet are limited (:data:`MAX_ELEMENTS`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Context, Decimal, Inexact, Overflow
from functools import lru_cache
from typing import Any

import cel

from controlplane.foundation.errors import Invalid

MAX_LENGTH = 4_000
MAX_COMPREHENSIONS = 3
MAX_DECIMALS = 18
#: Amounts are never rounded: what does not fit is an error.
_EXACT = Context(prec=60, traps=[Inexact, Overflow])
_AMOUNT = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)
_COMPREHENSION = re.compile(r"\.(?:map|filter|all|exists|exists_one)\s*\(")
_QUADRATIC = re.compile(r"\.(?:map|filter)\s*\(")
_TEXT = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""")
_HARD_TO_READ = ("\\", '"""', "'''", "//")
_PLAIN_PATH = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+", re.ASCII)
_CONSTANT = r"""(?:-?(?:0|[1-9][0-9]{0,17})|'[^'\\\n\r]*'|"[^"\\\n\r]*")"""
#: ``major(event.total, 2)``: a function over a plain path and constants.
_PLAIN_CALL = re.compile(rf"([a-z]+)\(\s*({_PLAIN_PATH.pattern})\s*((?:,\s*{_CONSTANT}\s*)*)\)", re.ASCII)
_WHOLE = range(-(2**63), 2**63)
#: How many elements a list or an object may have for an expression whose comprehensions are nested so deeply: at
#: most a second of work, whatever a sender sends.
MAX_ELEMENTS = {0: None, 1: 2_000, 2: 150, 3: 40}


class BadExpression(Invalid):
    """The expression does not parse or is too large; ``extra["expression"]`` holds it, ``reason`` is its detail."""

    @property
    def reason(self) -> str:
        """As of one that :class:`ExpressionFailed`, for who tries what is stored and takes both alike."""
        return self.detail


class ExpressionFailed(Exception):
    """Evaluating failed on this input: ``reason`` says why, in words for the author of a mapping."""

    def __init__(self, expression: str, reason: str) -> None:
        super().__init__(f"{expression}: {reason}")
        self.expression = expression
        self.reason = reason


def _minor(amount: Any, digits: int) -> int:
    if not _AMOUNT.fullmatch(spelled := str(amount).strip()):
        raise ValueError(f"{amount!r} is not an amount")
    try:
        scaled = _EXACT.scaleb(_EXACT.create_decimal(spelled), _decimals(digits))
        return _in_range(_EXACT.to_integral_exact(scaled))
    except Inexact as error:
        raise ValueError(f"{amount} has more than {digits} decimals") from error


def _major(amount: int, digits: int) -> str:
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise ValueError(f"{amount!r} is not a whole number of minor units")  # noqa: TRY004 - the author is told its words only
    return f"{_EXACT.scaleb(Decimal(amount), -_decimals(digits)):f}"


def _decimals(digits: int) -> int:
    if not 0 <= digits <= MAX_DECIMALS:
        raise ValueError(f"an amount has 0 to {MAX_DECIMALS} decimals, not {digits}")
    return digits


def _in_range(amount: Decimal) -> int:
    """CEL's whole numbers have 64 bits; the engine would make a float of a larger one."""
    if not -(2**63) <= amount < 2**63:
        raise ValueError(f"{amount} is too large an amount")
    return int(amount)


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def _orelse(value: Any, default: Any) -> Any:
    return default if value is None or value in ("", [], {}) else value


FUNCTIONS: dict[str, Any] = {
    "minor": _minor,
    "major": _major,
    "text": lambda value: "" if value is None else str(value),
    "lower": lambda value: value.lower(),
    "upper": lambda value: value.upper(),
    "trim": lambda value: " ".join(value.split()),
    "replace": lambda value, old, new: value.replace(old, new),
    "joined": lambda values, separator: separator.join(str(v) for v in values),
    "first": lambda values, default: values[0] if values else default,
    "orelse": _orelse,
    "iso": _iso,
    "digest": lambda value: hashlib.sha256(str(value).encode()).hexdigest()[:32],
}


class Expression:
    """One compiled expression; cheap to call, safe to share between threads.

    ``bounded=False`` is for expressions put together from others that were bounded one by one.
    """

    __slots__ = ("_call", "_functions", "_limit", "_path", "_program", "_reads", "source")

    def __init__(self, source: str, *, bounded: bool = True) -> None:
        self.source = source
        self._program = _compile(source, bounded=bounded)
        self._reads = {name: _fields_read(source, name) for name in self._program.variables()}
        self._functions = {name: FUNCTIONS[name] for name in self._program.functions() if name in FUNCTIONS}
        self._limit = MAX_ELEMENTS[min(_nesting(source), max(MAX_ELEMENTS))]
        self._path, self._call = _at_hand(source)

    def evaluate(self, context: Mapping[str, Any]) -> Any:
        """The value for ``context``; raises :class:`ExpressionFailed` and nothing else."""
        if (found := self.at_hand(context)) is not UNSURE:
            return found
        read = {name: _only(context[name], fields) for name, fields in self._reads.items() if name in context}
        if self._limit is not None and (longest := _longest(read)) > self._limit:
            reason = f"map and filter take lists of up to {self._limit} elements here, there is one of {longest}"
            raise ExpressionFailed(self.source, reason)
        try:
            return self._program.execute(cel.Context(read, self._functions))
        except KeyError as error:
            raise ExpressionFailed(self.source, f"there is no field {error.args[0]!r}") from error
        except Exception as error:  # the engine raises what the functions raise
            raise ExpressionFailed(self.source, str(error) or type(error).__name__) from error

    @property
    def is_plain(self) -> bool:
        """Whether its value may be at hand."""
        return bool(self._path)

    def at_hand(self, context: Mapping[str, Any]) -> Any:
        """The value of a plain path or of a function over one, without the engine; else :data:`UNSURE`: ask that."""
        if not self._path:
            return UNSURE
        value = _followed(self._path, context)
        return value if self._call is None or value is UNSURE else self._call(value)

    def holds(self, context: Mapping[str, Any]) -> bool:
        """Whether a filter is true; a filter that yields anything but true or false has failed."""
        value = self.evaluate(context)
        if isinstance(value, bool):
            return value
        raise ExpressionFailed(self.source, f"a filter must be true or false, this is {type(value).__name__}")

    def variables(self) -> list[str]:
        """The names it reads."""
        return list(self._reads)


#: Stands for a value that only the engine can tell.
UNSURE = object()


def _at_hand(source: str) -> tuple[tuple[str, ...], Callable[[Any], Any] | None]:
    """The path in a plain path or a function over one, and what that makes of its value; nothing for all else."""
    if _PLAIN_PATH.fullmatch(source):
        return tuple(source.split(".")), None
    call = _PLAIN_CALL.fullmatch(source)
    if call is None or call[1] not in FUNCTIONS:
        return (), None
    function = FUNCTIONS[call[1]]
    constants = [one[1:-1] if one[0] in "'\"" else int(one) for one in re.findall(_CONSTANT, call[3])]

    def called(value: Any) -> Any:
        """What the engine would give, if it is plain; for everything else, and to say what failed, it is asked."""
        try:
            return _plain(function(value, *constants))
        except Exception:  # noqa: BLE001 - whatever the functions raise
            return UNSURE

    return tuple(call[2].split(".")), called


def _plain(value: Any) -> Any:
    """A value that comes out of the engine as it is; :data:`UNSURE` for another."""
    plain = value is None or isinstance(value, str) or (isinstance(value, int) and value in _WHOLE)
    return value if plain else UNSURE


def _followed(path: tuple[str, ...], context: Mapping[str, Any]) -> Any:
    """What is at the end of ``path``, if the engine would give just that; for everything else it is asked."""
    node: Any = context
    try:
        for name in path:
            node = node[name]
    except (KeyError, TypeError):
        return UNSURE
    return _plain(node)


def _fields_read(source: str, variable: str) -> frozenset[str] | None:
    """The fields of ``variable`` that the expression can read; None where that may be any.

    Every place where its name stands must go on to a field. Where only a parser could tell what is text (escapes,
    three quotes, comments), nothing is concluded.
    """
    if any(mark in source for mark in _HARD_TO_READ):
        return None
    places = re.finditer(rf"\b{variable}\b(?:\s*\.\s*([A-Za-z_]\w*)\b(?!\s*\())?", _TEXT.sub("''", source), re.ASCII)
    fields = [place[1] for place in places]
    return None if None in fields else frozenset(fields)


def _only(document: Any, fields: frozenset[str] | None) -> Any:
    if fields is None or not isinstance(document, dict):
        return document
    return {name: document[name] for name in fields if name in document}


def _nesting(source: str) -> int:
    """How deeply comprehensions that take the square of time stand within each other's parentheses."""
    bare = _TEXT.sub("''", source)
    begins = {found.end() for found in _QUADRATIC.finditer(bare)}
    open_ones: list[bool] = []
    deepest = 0
    for place, character in enumerate(bare, 1):
        if character == "(":
            open_ones.append(place in begins)
            deepest = max(deepest, sum(open_ones))
        elif character == ")" and open_ones:
            open_ones.pop()
    return deepest


def _longest(value: Any) -> int:
    """The length of the longest list or object in it."""
    longest, left = 0, [value]
    while left:
        node = left.pop()
        if isinstance(node, Mapping | list | tuple):
            longest = max(longest, len(node))
            left.extend(node.values() if isinstance(node, Mapping) else node)
    return longest


def _compile(source: str, *, bounded: bool) -> cel.Program:
    if bounded and len(source) > MAX_LENGTH:
        raise BadExpression(f"An expression may have {MAX_LENGTH} characters, this one has {len(source)}.")
    if bounded and len(_COMPREHENSION.findall(source)) > MAX_COMPREHENSIONS:
        raise BadExpression(f"An expression may have {MAX_COMPREHENSIONS} comprehensions: they multiply.")
    try:
        return cel.compile(source)
    except Exception as error:  # ValueError, and the parser's own panics
        raise BadExpression(f"This is not an expression: {error}", expression=source) from error


@lru_cache(maxsize=4096)
def expression(source: str) -> Expression:
    """The compiled expression, kept; raises :class:`BadExpression`."""
    return Expression(source)
