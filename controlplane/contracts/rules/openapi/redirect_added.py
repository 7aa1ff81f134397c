"""A call may be sent elsewhere."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.openapi._statuses import is_redirect
from controlplane.contracts.rules.rule import Judgement, Rule, widens
from controlplane.governance.rules.changed import Level


def judge(fact: Fact) -> Judgement | None:
    """Many clients do not follow of themselves."""
    if not is_redirect(fact.name):
        return None
    return widens(
        f"{fact.name} may come: the answer may be elsewhere.", "Ask the callers whether they follow.", Level.RISKY
    )


RULE = Rule("redirect-added", What.RESPONSE_ADDED, judge, __doc__)
