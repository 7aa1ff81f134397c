"""An alternative comes that there was not (``anyOf``, ``oneOf``)."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, widens
from controlplane.governance.rules.changed import Level


def judge(fact: Fact) -> Judgement | None:
    """Readers that tell alternatives apart do not know it: risky, since many let unknown ones pass."""
    if fact.name or fact.old is not None:
        return None
    remedy = "Ask each reader what it does with an alternative that it does not know."
    return widens(f"New: {fact.new}.", remedy, Level.RISKY)


RULE = Rule("alternative-added", What.ALTERNATIVE, judge, __doc__)
