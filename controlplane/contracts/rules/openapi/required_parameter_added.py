"""A parameter is added that has to be there."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, narrows


def judge(fact: Fact) -> Judgement | None:
    """Calls that do not know it are refused."""
    if not fact.new:
        return None
    return narrows("New, and has to be there.", "Let it be left out, with a default that is what was done without it.")


RULE = Rule("required-parameter-added", What.PARAMETER_ADDED, judge, __doc__)
