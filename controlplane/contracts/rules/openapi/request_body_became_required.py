"""A request has to have its body."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, narrows


def judge(fact: Fact) -> Judgement | None:
    """Requests without are refused."""
    return narrows("The body has to be there; it could be left out.") if fact.new else None


RULE = Rule("request-body-became-required", What.BODY_REQUIRED, judge, __doc__)
