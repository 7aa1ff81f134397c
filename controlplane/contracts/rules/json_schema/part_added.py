"""Something more has to hold (``allOf``)."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, narrows


def judge(fact: Fact) -> Judgement | None:
    """What does not fit the new part is refused."""
    return narrows(f"It has to fit {fact.new} as well.") if fact.old is None else None


RULE = Rule("part-added", What.PART, judge, __doc__)
