"""A header of an answer is always there that could be left out."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, narrows


def judge(fact: Fact) -> Judgement | None:
    """Who answers a webhook has to send it."""
    return narrows("It has to be there; it could be left out.") if fact.new else None


RULE = Rule("header-became-required", What.HEADER_REQUIRED, judge, __doc__)
