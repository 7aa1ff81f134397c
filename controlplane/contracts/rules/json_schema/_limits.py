"""Limits: a number, or a number and whether it is itself refused; None where there is none."""

from __future__ import annotations

from typing import Any

from controlplane.contracts.diff.facts import Fact


def is_stricter(fact: Fact, *, lower: bool) -> bool:
    """Whether less is let in than before."""
    return _strictness(fact.new, lower=lower) > _strictness(fact.old, lower=lower)


def is_looser(fact: Fact, *, lower: bool) -> bool:
    """Whether more is let in than before."""
    return _strictness(fact.new, lower=lower) < _strictness(fact.old, lower=lower)


def _strictness(limit: Any, *, lower: bool) -> tuple[bool, float, bool]:
    """No limit is the least; a limit that is itself refused is a little more than the same one that is not."""
    if limit is None:
        return (False, 0.0, False)
    value, refused = limit if isinstance(limit, tuple) else (limit, False)
    return (True, value if lower else -value, refused)


def shown(limit: Any, word: str, unit: str) -> str:
    """A limit in words: at least 5 characters, more than 5, without a limit."""
    if limit is None:
        return "without a limit"
    value, refused = limit if isinstance(limit, tuple) else (limit, False)
    if refused:
        word = "more than" if word == "at least" else "less than"
    return f"{word} {value} {unit}".rstrip()
