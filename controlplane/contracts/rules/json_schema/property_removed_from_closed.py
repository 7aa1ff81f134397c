"""An optional property is refused, since no others are let in."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.json_schema._members import is_closed
from controlplane.contracts.rules.rule import FOR_WRITERS, Judgement, Rule, harmless
from controlplane.governance.rules.changed import Level


def judge(fact: Fact) -> Judgement | None:
    """Whoever still sends it is refused, and readers that use it do not find it."""
    if fact.old or not is_closed(fact.after):
        return None
    if fact.before is not None and fact.before.never:
        return harmless("Nothing was let in here before.")
    return Judgement(Level.BREAKING, Level.RISKY, "Gone, and refused; it could be sent.", FOR_WRITERS)


RULE = Rule("property-removed-from-closed", What.PROPERTY_REMOVED, judge, __doc__)
