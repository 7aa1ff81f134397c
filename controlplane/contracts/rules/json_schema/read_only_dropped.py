"""A property may be written that was only read."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, harmless


def judge(fact: Fact) -> Judgement | None:
    """Nothing that was sent or read changes."""
    return None if fact.new else harmless("May be written now.")


RULE = Rule("read-only-dropped", What.READ_ONLY, judge, __doc__)
