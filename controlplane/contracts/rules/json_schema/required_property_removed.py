"""A property that was always there is not described any more."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.json_schema._members import is_closed
from controlplane.contracts.rules.rule import FOR_READERS, Judgement, Rule
from controlplane.governance.rules.changed import Level


def judge(fact: Fact) -> Judgement | None:
    """Readers do not find it; where nothing else is let in, whoever still sends it is refused."""
    if not fact.old:
        return None
    message = "Gone; it was always there."
    return Judgement(Level.BREAKING if is_closed(fact.after) else Level.SAFE, Level.BREAKING, message, FOR_READERS)


RULE = Rule("required-property-removed", What.PROPERTY_REMOVED, judge, __doc__)
