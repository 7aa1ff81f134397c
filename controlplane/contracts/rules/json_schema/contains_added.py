"""A list has to hold an item of a certain kind."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, narrows


def judge(fact: Fact) -> Judgement | None:
    """Lists without it are refused, or with too many."""
    return narrows("A certain item has to be in it.") if fact.old is None else None


RULE = Rule("contains-added", What.CONTAINS, judge, __doc__)
