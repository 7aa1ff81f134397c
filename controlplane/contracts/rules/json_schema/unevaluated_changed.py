"""What is left over is judged in another way, or something else is left over."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, unproved


def judge(fact: Fact) -> Judgement | None:
    """It depends on all that stands beside it."""
    return unproved(f"{fact.name} looks at what the rest leaves over, and that has changed.")


RULE = Rule("unevaluated-changed", What.UNEVALUATED, judge, __doc__)
