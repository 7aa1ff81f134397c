"""Another condition decides what has to hold (``if``)."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, unproved


def judge(fact: Fact) -> Judgement | None:
    """It is asked of more values, or of fewer, or of others."""
    return unproved("Another condition decides what has to hold.") if fact.old and fact.new else None


RULE = Rule("condition-changed", What.CONDITION, judge, __doc__)
