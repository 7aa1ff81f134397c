"""The address of a callback is taken from elsewhere."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, unproved


def judge(fact: Fact) -> Judgement | None:
    """Who says it in the old place may not be called."""
    return unproved(f"It is called at {fact.new}; it was {fact.old}.", "Take the address from both places.")


RULE = Rule("callback-address-changed", What.CALLBACK_ADDRESS, judge, __doc__)
