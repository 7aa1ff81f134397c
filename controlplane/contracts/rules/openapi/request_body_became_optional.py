"""A request may go without its body."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, widens


def judge(fact: Fact) -> Judgement | None:
    """Whoever is sent it may find none."""
    return None if fact.new else widens("The body may be left out; it was always there.")


RULE = Rule("request-body-became-optional", What.BODY_REQUIRED, judge, __doc__)
