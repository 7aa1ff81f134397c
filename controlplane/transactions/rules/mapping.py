"""A mapping applied: targets filled from expressions, one line at a time or all at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from controlplane.foundation.expressions import UNSURE, BadExpression, Expression, ExpressionFailed, expression
from controlplane.transactions.rules.flow import MappingLine


class MappingFailed(Exception):
    """One line could not be evaluated: ``target`` names it, ``reason`` says why."""

    def __init__(self, target: str, reason: str) -> None:
        super().__init__(f"{target}: {reason}")
        self.target = target
        self.reason = reason


@lru_cache(maxsize=2048)
def _together(lines: tuple[MappingLine, ...]) -> Expression:
    """All lines as one list: one evaluation instead of one a line.

    Each is an expression by itself, so that none reaches into the next; and each ends its line, because it
    may end in a comment.
    """
    for line in lines:
        expression(line.expression)
    return Expression("[" + ", ".join(f"({line.expression}\n)" for line in lines) + "]", bounded=False)


def apply(lines: Sequence[MappingLine], context: Mapping[str, Any]) -> dict[str, Any]:
    """The document that ``lines`` make of ``context``; :class:`MappingFailed` names the first bad line.

    A dotted target makes objects: ``customer.email``. A line whose value is null leaves its target out.
    """
    try:
        values = _values(tuple(lines), context)
    except (ExpressionFailed, BadExpression):
        values = [_one(line, context) for line in lines]
    document: dict[str, Any] = {}
    for line, value in zip(lines, values, strict=True):
        if value is not None:
            _place(document, line.target, value)
    return document


def _values(lines: tuple[MappingLine, ...], context: Mapping[str, Any]) -> list[Any]:
    """One for each line. What is at hand, the engine is not asked for: the event would be copied into it.

    Where a plain line leads to what only the engine can tell, it is asked for all, so that there are no more than two
    ways to put lines together, whatever senders send.
    """
    picked = [expression(line.expression).at_hand(context) for line in lines]
    if UNSURE not in picked:
        return picked
    left = tuple(line for line, value in zip(lines, picked, strict=True) if value is UNSURE)
    if any(expression(line.expression).is_plain for line in left):
        values: list[Any] = _together(lines).evaluate(context)
        return values
    told = iter(_together(left).evaluate(context))
    return [next(told) if value is UNSURE else value for value in picked]


def _one(line: MappingLine, context: Mapping[str, Any]) -> Any:
    try:
        return expression(line.expression).evaluate(context)
    except ExpressionFailed as error:
        raise MappingFailed(line.target, error.reason) from error
    except BadExpression as error:
        raise MappingFailed(line.target, error.detail) from error


def _place(document: dict[str, Any], target: str, value: Any) -> None:
    path, _, last = target.rpartition(".")
    for name in path.split(".") if path else ():
        inner = document.setdefault(name, {})
        if not isinstance(inner, dict):
            raise MappingFailed(target, f"{name!r} already holds a value")
        document = inner
    if isinstance(document.get(last), dict) and not isinstance(value, dict):
        raise MappingFailed(target, f"{last!r} already holds an object")
    document[last] = value
