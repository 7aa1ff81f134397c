"""An alternative is refused (``anyOf``, ``oneOf``)."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, narrows


def judge(fact: Fact) -> Judgement | None:
    """Whoever sends it is refused."""
    if fact.name or fact.new is not None:
        return None
    return narrows(f"No longer let in: {fact.old}.")


RULE = Rule("alternative-removed", What.ALTERNATIVE, judge, __doc__)
