"""An optional property is described that could hold anything, or stood for itself."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.json_schema._members import is_closed, is_free
from controlplane.contracts.rules.rule import Judgement, Rule, harmless, narrows
from controlplane.governance.rules.changed import Level


def judge(fact: Fact) -> Judgement | None:
    """Whoever sends another thing under its name is refused; nobody can tell whether anybody does."""
    if fact.new or is_closed(fact.before) or (fact.after and fact.after.never):
        return None
    if fact.after is None or is_free(fact.after) or not is_free(fact.before):
        return harmless("Described by itself now.")
    remedy = "Look at real payloads: whether any has another thing under this name."
    return narrows("New, and may be left out; anything could stand under this name.", remedy, Level.RISKY)


RULE = Rule("property-added", What.PROPERTY_ADDED, judge, __doc__)
