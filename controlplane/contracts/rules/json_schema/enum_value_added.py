"""A value comes that the list did not have."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules import wording
from controlplane.contracts.rules.json_schema._enums import moved
from controlplane.contracts.rules.rule import Judgement, Rule, widens
from controlplane.governance.rules.changed import Level


def judge(fact: Fact) -> Judgement | None:
    """Readers that tell values apart do not know it: risky, since many let unknown ones pass."""
    if fact.old is None or fact.new is None or not (come := moved(fact).come):
        return None
    remedy = "Ask each reader what it does with a value that it does not know."
    return widens(f"New: {wording.values(come)}.", remedy, Level.RISKY)


RULE = Rule("enum-value-added", What.ENUM, judge, __doc__)
