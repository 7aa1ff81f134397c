"""An optional property comes where no others were let in."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.json_schema._members import is_closed
from controlplane.contracts.rules.rule import Judgement, Rule, widens
from controlplane.governance.rules.changed import Level


def judge(fact: Fact) -> Judgement | None:
    """Readers that refuse what they do not know refuse it."""
    if fact.new or not is_closed(fact.before) or (fact.after and fact.after.never):
        return None
    remedy = "Ask the readers to let unknown properties pass."
    return widens("New, where no other property was let in.", remedy, Level.RISKY)


RULE = Rule("property-added-to-closed", What.PROPERTY_ADDED, judge, __doc__)
