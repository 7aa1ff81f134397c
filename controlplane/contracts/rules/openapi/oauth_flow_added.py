"""There is one more way to a token."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, harmless


def judge(fact: Fact) -> Judgement | None:
    """The others hold."""
    return harmless("New.") if fact.old is None else None


RULE = Rule("oauth-flow-added", What.SCHEME_FLOW, judge, __doc__)
