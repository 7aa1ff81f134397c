"""A value has another format."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules import wording
from controlplane.contracts.rules.rule import Judgement, Rule, changes


def judge(fact: Fact) -> Judgement | None:
    """A date is no date-time; only of a few pairs does one let in all of the other."""
    if fact.old is None or fact.new is None:
        return None
    return changes(f"It is {wording.value(fact.new)} now; it was {wording.value(fact.old)}.")


RULE = Rule("format-changed", What.FORMAT, judge, __doc__)
