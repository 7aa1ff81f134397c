"""How a pair is labelled.

``"type-narrowed BS"``: the rule, then for writers and for readers whether it is breaking, risky or safe.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from controlplane.contracts.rules.judging import Finding
from controlplane.governance.rules.changed import Level

_LETTERS: Final = {Level.BREAKING: "B", Level.RISKY: "R", Level.SAFE: "S"}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A pair: what happened, in words; the two documents; every finding that is not safe for both."""

    name: str
    old: Any
    new: Any
    expected: frozenset[str]


def pair(name: str, old: Any, new: Any, *expected: str) -> Labelled:
    """One; without labels nothing but safe is found."""
    return Labelled(name, old, new, frozenset(expected))


def labels(findings: Iterable[Finding]) -> frozenset[str]:
    """The labels of what was found."""
    return frozenset(
        f"{one.rule} {_LETTERS[one.writers]}{_LETTERS[one.readers]}" for one in findings if one.level is not Level.SAFE
    )
