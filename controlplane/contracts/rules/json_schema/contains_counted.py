"""How many items of a certain kind a list holds has changed."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, unproved


def judge(fact: Fact) -> Judgement | None:
    """Fewer or more of them have to be there, or may be."""
    if fact.old is None or fact.new is None:
        return None
    return unproved("How many certain items have to be in it, or may be, has changed.")


RULE = Rule("contains-counted", What.CONTAINS, judge, __doc__)
