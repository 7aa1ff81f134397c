"""A parameter goes to another place."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, changes


def judge(fact: Fact) -> Judgement | None:
    """Where it was sent, nobody looks for it."""
    message = f"It goes into the {fact.new} now; it went into the {fact.old}."
    return changes(message, "Take it from both places for as long as anybody sends it to the old.")


RULE = Rule("parameter-moved", What.PARAMETER_MOVED, judge, __doc__)
