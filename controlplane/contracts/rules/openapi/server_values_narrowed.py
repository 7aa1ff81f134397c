"""A part of an address may not have a value any more."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules import wording
from controlplane.contracts.rules.rule import Judgement, Rule, changes


def judge(fact: Fact) -> Judgement | None:
    """Whoever calls there may reach nobody."""
    gone = [one for one in fact.old or [] if one not in (fact.new or [])]
    if fact.new is None or (fact.old is not None and not gone):
        return None
    which = f"Not with {wording.values(gone)} any more." if gone else f"Only with {wording.values(fact.new)}."
    return changes(which, "Answer at the old addresses until nobody calls there.")


RULE = Rule("server-values-narrowed", What.SERVER_VALUES, judge, __doc__)
