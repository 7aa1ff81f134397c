"""A number has to be a multiple of more."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules import wording
from controlplane.contracts.rules.json_schema._multiples import divides
from controlplane.contracts.rules.rule import Judgement, Rule, narrows


def judge(fact: Fact) -> Judgement | None:
    """What fits the new also fitted the old, but not the other way round."""
    if fact.new is None or not (fact.old is None or divides(fact.old, fact.new)):
        return None
    return narrows(f"It has to be a multiple of {wording.value(fact.new)}.")


RULE = Rule("multiple-of-narrowed", What.MULTIPLE_OF, judge, __doc__)
