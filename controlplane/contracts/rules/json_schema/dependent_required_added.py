"""With one property, another has to be there."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules import wording
from controlplane.contracts.rules.rule import Judgement, Rule, narrows


def judge(fact: Fact) -> Judgement | None:
    """What was sent with the one alone is refused."""
    come = [name for name in fact.new if name not in fact.old]
    if not come or set(fact.old) - set(fact.new):
        return None
    return narrows(f"With {fact.name}, these have to be there: {wording.values(come)}.")


RULE = Rule("dependent-required-added", What.DEPENDENT_REQUIRED, judge, __doc__)
