"""Properties that are not described may come."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.json_schema._members import of_others
from controlplane.contracts.rules.rule import Judgement, Rule, widens
from controlplane.governance.rules.changed import Level


def judge(fact: Fact) -> Judgement | None:
    """Readers that refuse what they do not know refuse it."""
    if not of_others(fact) or fact.new:
        return None
    return widens("Properties that are not described may come.", "Ask the readers to let them pass.", Level.RISKY)


RULE = Rule("opened-to-unknown", What.REFUSED, judge, __doc__)
