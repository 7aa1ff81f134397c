"""A parameter is gone."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule
from controlplane.governance.rules.changed import Level


def judge(fact: Fact) -> Judgement | None:
    """Sent still, it is ignored or refused; whoever is sent it does not find it."""
    message = "Gone; what is sent in it still is ignored, or refused."
    return Judgement(Level.RISKY, Level.BREAKING if fact.old else Level.RISKY, message, "Deprecate it first.")


RULE = Rule("parameter-removed", What.PARAMETER_REMOVED, judge, __doc__)
