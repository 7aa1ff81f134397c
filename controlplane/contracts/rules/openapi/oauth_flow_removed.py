"""There is one way less to a token."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, changes


def judge(fact: Fact) -> Judgement | None:
    """Whoever gets tokens by it gets none."""
    return changes("Gone.", "Move every client to another flow first.") if fact.new is None else None


RULE = Rule("oauth-flow-removed", What.SCHEME_FLOW, judge, __doc__)
