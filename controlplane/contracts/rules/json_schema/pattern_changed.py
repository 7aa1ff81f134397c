"""A text has to match another pattern."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules import wording
from controlplane.contracts.rules.rule import Judgement, Rule, unproved


def judge(fact: Fact) -> Judgement | None:
    """Whether one pattern lets in all that another does cannot be proved here."""
    if fact.old is None or fact.new is None:
        return None
    return unproved(f"It must match {wording.value(fact.new)}; it was {wording.value(fact.old)}.")


RULE = Rule("pattern-changed", What.PATTERN, judge, __doc__)
