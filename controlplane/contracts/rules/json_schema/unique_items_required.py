"""A list may not hold the same twice any more."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, narrows


def judge(fact: Fact) -> Judgement | None:
    """What was sent with repetitions is refused."""
    return narrows("No item may come twice.") if fact.new else None


RULE = Rule("unique-items-required", What.UNIQUE, judge, __doc__)
