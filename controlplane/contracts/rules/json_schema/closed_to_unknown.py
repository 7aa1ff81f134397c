"""Properties that are not described are refused."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.json_schema._members import of_others
from controlplane.contracts.rules.rule import Judgement, Rule, narrows


def judge(fact: Fact) -> Judgement | None:
    """Whoever sends more than is described is refused."""
    return narrows("Properties that are not described are refused.") if of_others(fact) and fact.new else None


RULE = Rule("closed-to-unknown", What.REFUSED, judge, __doc__)
