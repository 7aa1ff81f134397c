"""With one property, others have to be there than before."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules import wording
from controlplane.contracts.rules.rule import Judgement, Rule, changes


def judge(fact: Fact) -> Judgement | None:
    """Some are asked for that were not, and some are not that were."""
    if not set(fact.old) - set(fact.new) or not set(fact.new) - set(fact.old):
        return None
    return changes(f"With {fact.name}, these have to be there: {wording.values(fact.new)}.")


RULE = Rule("dependent-required-changed", What.DEPENDENT_REQUIRED, judge, __doc__)
