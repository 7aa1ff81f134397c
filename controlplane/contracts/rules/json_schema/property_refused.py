"""A name is reserved: nothing may stand under it."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.json_schema._members import is_closed
from controlplane.contracts.rules.rule import Judgement, Rule, harmless, narrows


def judge(fact: Fact) -> Judgement | None:
    """Where others are let in, this one is not any more."""
    if fact.new or fact.after is None or not fact.after.never:
        return None
    return harmless("Nothing was let in here before.") if is_closed(fact.before) else narrows("Nothing may stand here.")


RULE = Rule("property-refused", What.PROPERTY_ADDED, judge, __doc__)
