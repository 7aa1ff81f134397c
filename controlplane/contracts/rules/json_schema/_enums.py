"""Which values of a list are gone, and which have come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from controlplane.contracts.diff.facts import Fact
from controlplane.contracts.diff.values import key


@dataclass(frozen=True, slots=True)
class Moved:
    """Values in the order of their lists."""

    gone: list[Any]
    come: list[Any]


def moved(fact: Fact) -> Moved:
    """Of two lists."""
    was, now = {key(one) for one in fact.old}, {key(one) for one in fact.new}
    return Moved([one for one in fact.old if key(one) not in now], [one for one in fact.new if key(one) not in was])
