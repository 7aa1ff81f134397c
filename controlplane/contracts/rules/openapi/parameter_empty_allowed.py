"""A parameter may be empty."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, widens


def judge(fact: Fact) -> Judgement | None:
    """Whoever is sent it may find nothing in it."""
    return widens("It may be sent empty now.") if fact.new else None


RULE = Rule("parameter-empty-allowed", What.PARAMETER_EMPTY, judge, __doc__)
