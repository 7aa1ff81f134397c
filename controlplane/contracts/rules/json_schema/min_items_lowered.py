"""The fewest items of a list goes down: values come that were never so small."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.json_schema._limits import is_looser, shown
from controlplane.contracts.rules.rule import Judgement, Rule, widens


def judge(fact: Fact) -> Judgement | None:
    """Readers meet values beyond what they were told."""
    if not is_looser(fact, lower=True):
        return None
    now, was = (shown(limit, "at least", "items") for limit in (fact.new, fact.old))
    return widens(f"It is {now}; it was {was}.")


RULE = Rule("min-items-lowered", What.MIN_ITEMS, judge, __doc__)
