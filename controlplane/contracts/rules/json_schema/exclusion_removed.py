"""Something is not ruled out any more (``not``)."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, widens


def judge(fact: Fact) -> Judgement | None:
    """Readers meet what could not come."""
    return None if fact.new else widens("Something may come that was ruled out.")


RULE = Rule("exclusion-removed", What.EXCLUSION, judge, __doc__)
