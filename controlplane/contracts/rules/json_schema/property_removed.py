"""An optional property is not described any more."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.json_schema._members import is_closed
from controlplane.contracts.rules.rule import Judgement, Rule, widens
from controlplane.governance.rules.changed import Level


def judge(fact: Fact) -> Judgement | None:
    """It may still come, as anything; readers that use it may not find it."""
    if fact.old or is_closed(fact.after):
        return None
    return widens("Not described any more; anything may stand here, or nothing.", level=Level.RISKY)


RULE = Rule("property-removed", What.PROPERTY_REMOVED, judge, __doc__)
