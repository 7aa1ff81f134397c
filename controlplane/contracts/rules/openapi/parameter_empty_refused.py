"""A parameter must not be empty that could be."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, narrows


def judge(fact: Fact) -> Judgement | None:
    """Calls with its name alone are refused."""
    return None if fact.new else narrows("It must not be sent empty any more.")


RULE = Rule("parameter-empty-refused", What.PARAMETER_EMPTY, judge, __doc__)
