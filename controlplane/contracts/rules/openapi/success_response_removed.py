"""A call does not succeed with a status any more."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.openapi._statuses import is_success
from controlplane.contracts.rules.rule import Judgement, Rule, changes, narrows


def judge(fact: Fact) -> Judgement | None:
    """Whoever waits for it waits in vain. A range that single statuses of it take the place of only says more."""
    if not is_success(fact.name):
        return None
    if fact.new:
        return narrows(f"Only {', '.join(fact.new)} of {fact.old}.")
    return changes(f"{fact.name} does not come any more.", "Go on answering with it, and say what is new in the body.")


RULE = Rule("success-response-removed", What.RESPONSE_REMOVED, judge, __doc__)
