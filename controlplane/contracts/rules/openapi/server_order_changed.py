"""Another address comes first."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, unproved


def judge(fact: Fact) -> Judgement | None:
    """Generated clients call the first unless they are told otherwise."""
    return unproved(f"First comes {fact.new}; it was {fact.old}, which is there still.", "Keep the first one first.")


RULE = Rule("server-order-changed", What.SERVER_FIRST, judge, __doc__)
