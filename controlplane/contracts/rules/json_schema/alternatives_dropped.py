"""It need not be one of several any more."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, widens


def judge(fact: Fact) -> Judgement | None:
    """Readers meet what is none of them."""
    if not fact.name or fact.new is not None:
        return None
    return widens(f"It need not be one of these any more: {', '.join(fact.old)}.")


RULE = Rule("alternatives-dropped", What.ALTERNATIVE, judge, __doc__)
