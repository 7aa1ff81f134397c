"""A request may have a body."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, harmless


def judge(fact: Fact) -> Judgement | None:
    """It may be left out."""
    return None if fact.new else harmless("A body may be sent now.")


RULE = Rule("request-body-added", What.BODY_ADDED, judge, __doc__)
