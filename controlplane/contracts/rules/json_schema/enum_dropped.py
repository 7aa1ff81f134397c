"""Any value may come where they were listed."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules import wording
from controlplane.contracts.rules.rule import Judgement, Rule, widens


def judge(fact: Fact) -> Judgement | None:
    """Readers meet what no list told them of."""
    if fact.old is None or fact.new is not None:
        return None
    return widens(f"Any value may come; it was one of {wording.values(fact.old)}.")


RULE = Rule("enum-dropped", What.ENUM, judge, __doc__)
