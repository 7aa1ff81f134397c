"""Something is ruled out (``not``)."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, narrows


def judge(fact: Fact) -> Judgement | None:
    """What fits it is refused."""
    return narrows("Something is ruled out that was let in.") if fact.new else None


RULE = Rule("exclusion-added", What.EXCLUSION, judge, __doc__)
