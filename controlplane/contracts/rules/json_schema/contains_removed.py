"""A list need not hold an item of a certain kind any more."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, widens


def judge(fact: Fact) -> Judgement | None:
    """Readers that look for it may not find it."""
    return widens("A certain item need not be in it any more.") if fact.new is None else None


RULE = Rule("contains-removed", What.CONTAINS, judge, __doc__)
