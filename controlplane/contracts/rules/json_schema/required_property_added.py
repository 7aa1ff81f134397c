"""A property is added that has to be there."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.json_schema._members import is_closed
from controlplane.contracts.rules.rule import FOR_WRITERS, Judgement, Rule
from controlplane.governance.rules.changed import Level


def judge(fact: Fact) -> Judgement | None:
    """What was sent without it is refused; where nothing else was let in, readers meet an unknown property as well."""
    if not fact.new:
        return None
    message = "New, and has to be there."
    return Judgement(Level.BREAKING, Level.RISKY if is_closed(fact.before) else Level.SAFE, message, FOR_WRITERS)


RULE = Rule("required-property-added", What.PROPERTY_ADDED, judge, __doc__)
