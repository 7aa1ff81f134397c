"""A number's upper limit goes up: values come that were never so large."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.json_schema._limits import is_looser, shown
from controlplane.contracts.rules.rule import Judgement, Rule, widens


def judge(fact: Fact) -> Judgement | None:
    """Readers meet values beyond what they were told."""
    if not is_looser(fact, lower=False):
        return None
    now, was = (shown(limit, "at most", "") for limit in (fact.new, fact.old))
    return widens(f"It is {now}; it was {was}.")


RULE = Rule("maximum-raised", What.MAXIMUM, judge, __doc__)
