"""A call is not sent elsewhere any more."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.openapi._statuses import is_redirect
from controlplane.contracts.rules.rule import Judgement, Rule, unproved


def judge(fact: Fact) -> Judgement | None:
    """The answer comes at once; whoever reads the address of the redirect does not find it."""
    if not is_redirect(fact.name):
        return None
    return unproved(f"{fact.name} does not come any more.", "Ask the callers what they do with the redirect.")


RULE = Rule("redirect-removed", What.RESPONSE_REMOVED, judge, __doc__)
