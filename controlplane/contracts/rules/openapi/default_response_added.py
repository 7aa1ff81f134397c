"""What comes beside the described statuses is described."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, harmless


def judge(fact: Fact) -> Judgement | None:
    """It could come before, as anything."""
    return harmless("All other statuses are described now.") if fact.name == "default" else None


RULE = Rule("default-response-added", What.RESPONSE_ADDED, judge, __doc__)
