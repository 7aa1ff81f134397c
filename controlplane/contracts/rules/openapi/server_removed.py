"""It is not called at an address any more."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, changes


def judge(fact: Fact) -> Judgement | None:
    """Whoever calls there may reach nobody."""
    return changes(f"Gone: {fact.old}.", "Answer at the old address until nobody calls there.")


RULE = Rule("server-removed", What.SERVER_REMOVED, judge, __doc__)
