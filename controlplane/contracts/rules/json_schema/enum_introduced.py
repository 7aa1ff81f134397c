"""Values are listed where any were let in."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules import wording
from controlplane.contracts.rules.rule import Judgement, Rule, narrows


def judge(fact: Fact) -> Judgement | None:
    """What is not on the list is refused."""
    if fact.old is not None or fact.new is None:
        return None
    return narrows(f"Only these are let in: {wording.values(fact.new)}.")


RULE = Rule("enum-introduced", What.ENUM, judge, __doc__)
