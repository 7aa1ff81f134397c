"""A header of an answer is added that is always there."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, narrows


def judge(fact: Fact) -> Judgement | None:
    """Callers pass it over; who answers a webhook has to send it."""
    return narrows("New, and has to be there.") if fact.new else None


RULE = Rule("required-header-added", What.HEADER_ADDED, judge, __doc__)
