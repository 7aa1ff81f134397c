"""A number has to be a multiple of something else."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules import wording
from controlplane.contracts.rules.json_schema._multiples import divides
from controlplane.contracts.rules.rule import Judgement, Rule, changes


def judge(fact: Fact) -> Judgement | None:
    """Neither is a multiple of the other."""
    if fact.old is None or fact.new is None or divides(fact.old, fact.new) or divides(fact.new, fact.old):
        return None
    return changes(f"It has to be a multiple of {wording.value(fact.new)}; it was one of {wording.value(fact.old)}.")


RULE = Rule("multiple-of-changed", What.MULTIPLE_OF, judge, __doc__)
