"""A header of an answer is gone that was always there."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import FOR_READERS, Judgement, Rule
from controlplane.governance.rules.changed import Level


def judge(fact: Fact) -> Judgement | None:
    """Callers do not find it; who sends it in the answer to a webhook is passed over."""
    if not fact.old:
        return None
    return Judgement(Level.RISKY, Level.BREAKING, "Gone; it was always there.", FOR_READERS)


RULE = Rule("required-header-removed", What.HEADER_REMOVED, judge, __doc__)
