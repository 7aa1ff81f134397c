"""What comes beside the described statuses is not described any more."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, unproved


def judge(fact: Fact) -> Judgement | None:
    """It may come still, as anything."""
    return (
        unproved("Other statuses are not described any more.", "Describe what errors look like.")
        if fact.name == "default"
        else None
    )


RULE = Rule("default-response-removed", What.RESPONSE_REMOVED, judge, __doc__)
