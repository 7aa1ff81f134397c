"""A difference in words, with how much it can break, and what stands on the thing that changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any


class Level(Enum):
    """How much a change can break; the worst first."""

    BREAKING = "breaking"
    RISKY = "risky"
    SAFE = "safe"


@dataclass(frozen=True, slots=True)
class Changed:
    """One difference: ``what`` changes, from ``before`` to ``after`` (empty: was or is not there), and what follows.

    What a rule found has its id in ``rule``; then ``after`` is the rule's sentence. ``who`` is hurt: readers, writers.
    """

    level: Level
    what: str
    before: str = ""
    after: str = ""
    follows: str = ""
    who: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Affected:
    """One thing that stands on the subject: its name, how it uses it, whose it is, and its page."""

    name: str
    use: str = ""
    owner: str = ""
    per_day: int | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Impact:
    """Who is affected, in a sentence and as a list. Without a sentence nobody measured it, and the page says so."""

    sentence: str = ""
    affected: Sequence[Affected] = field(default=())


_ORDER = tuple(Level)


def worst_first(changes: Sequence[Changed]) -> list[Changed]:
    """The differences by level, otherwise as they came."""
    return sorted(changes, key=lambda one: _ORDER.index(one.level))


def risk_of(changes: Sequence[Changed]) -> Level | None:
    """The worst level; None where nothing changes."""
    return min((one.level for one in changes), key=_ORDER.index, default=None)


def as_kept(change: Changed) -> dict[str, str]:
    """A difference as JSON."""
    return asdict(change) | {"level": change.level.value}


def impact_as_kept(impact: Impact) -> dict[str, Any]:
    """An impact as JSON; without a sentence nothing was measured, and nothing is kept."""
    return asdict(impact) if impact.sentence or impact.affected else {}
