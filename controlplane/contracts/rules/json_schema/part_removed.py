"""Something need not hold any more (``allOf``)."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, widens


def judge(fact: Fact) -> Judgement | None:
    """Readers that count on it may be wrong."""
    return widens(f"It need not fit {fact.old} any more.") if fact.new is None else None


RULE = Rule("part-removed", What.PART, judge, __doc__)
