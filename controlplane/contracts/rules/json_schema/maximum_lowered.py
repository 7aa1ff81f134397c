"""A number's upper limit goes down: what is above it is refused."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.json_schema._limits import is_stricter, shown
from controlplane.contracts.rules.rule import Judgement, Rule, narrows


def judge(fact: Fact) -> Judgement | None:
    """What was sent beyond it is refused."""
    if not is_stricter(fact, lower=False):
        return None
    now, was = (shown(limit, "at most", "") for limit in (fact.new, fact.old))
    return narrows(f"It has to be {now}; it was {was}.")


RULE = Rule("maximum-lowered", What.MAXIMUM, judge, __doc__)
