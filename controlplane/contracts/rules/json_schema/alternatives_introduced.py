"""It has to be one of several where it could be anything of its type."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, narrows


def judge(fact: Fact) -> Judgement | None:
    """What is none of them is refused."""
    if not fact.name or fact.old is not None:
        return None
    return narrows(f"It has to be one of: {', '.join(fact.new)}.")


RULE = Rule("alternatives-introduced", What.ALTERNATIVE, judge, __doc__)
