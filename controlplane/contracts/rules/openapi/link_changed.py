"""A link leads elsewhere, or takes other things along."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, unproved


def judge(fact: Fact) -> Judgement | None:
    """Who follows it comes to another operation, or with other parameters."""
    if fact.old is None or fact.new is None:
        return None
    return unproved("It leads elsewhere, or with other parameters.", "Ask those who follow it.")


RULE = Rule("link-changed", What.LINK, judge, __doc__)
