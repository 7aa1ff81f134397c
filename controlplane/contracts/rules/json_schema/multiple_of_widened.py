"""A number may be a multiple of less."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules import wording
from controlplane.contracts.rules.json_schema._multiples import divides
from controlplane.contracts.rules.rule import Judgement, Rule, widens


def judge(fact: Fact) -> Judgement | None:
    """What fitted the old fits the new, but not the other way round."""
    if fact.old is None or not (fact.new is None or divides(fact.new, fact.old)):
        return None
    return widens(f"It need not be a multiple of {wording.value(fact.old)} any more.")


RULE = Rule("multiple-of-widened", What.MULTIPLE_OF, judge, __doc__)
