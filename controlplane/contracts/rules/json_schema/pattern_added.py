"""A text has to match a pattern where any was let in."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules import wording
from controlplane.contracts.rules.rule import Judgement, Rule, narrows


def judge(fact: Fact) -> Judgement | None:
    """What does not match is refused."""
    if fact.old is not None or fact.new is None:
        return None
    return narrows(f"It must match {wording.value(fact.new)}.")


RULE = Rule("pattern-added", What.PATTERN, judge, __doc__)
