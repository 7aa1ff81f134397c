"""A list may hold the same twice."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, widens


def judge(fact: Fact) -> Judgement | None:
    """Readers that take items for keys meet repetitions."""
    return None if fact.new else widens("An item may come twice.")


RULE = Rule("unique-items-dropped", What.UNIQUE, judge, __doc__)
