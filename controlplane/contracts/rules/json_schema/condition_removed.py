"""Something need not hold any more where a condition does (``if``)."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, widens


def judge(fact: Fact) -> Judgement | None:
    """Readers that count on it may be wrong."""
    return widens("A condition need not be met any more.") if fact.old and not fact.new else None


RULE = Rule("condition-removed", What.CONDITION, judge, __doc__)
