"""A parameter has to be there that could be left out."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, narrows


def judge(fact: Fact) -> Judgement | None:
    """Calls without it are refused."""
    return narrows("It has to be there; it could be left out.") if fact.new else None


RULE = Rule("parameter-became-required", What.PARAMETER_REQUIRED, judge, __doc__)
