"""Characters that mean something in an address are escaped in a parameter, or not any more."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, unproved


def judge(fact: Fact) -> Judgement | None:
    """A value without them looks the same; nobody can tell who sends one with them."""
    message = "may stand in it as they are now" if fact.new else "have to be escaped in it now"
    return unproved(f"Characters like / and ? {message}.", "Take both ways of writing them.")


RULE = Rule("parameter-characters-changed", What.PARAMETER_RESERVED, judge, __doc__)
