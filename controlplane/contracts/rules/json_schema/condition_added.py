"""Something has to hold where a condition does (``if``)."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, narrows


def judge(fact: Fact) -> Judgement | None:
    """What meets the condition and not its consequence is refused."""
    return narrows("A condition has to be met.") if fact.new and not fact.old else None


RULE = Rule("condition-added", What.CONDITION, judge, __doc__)
