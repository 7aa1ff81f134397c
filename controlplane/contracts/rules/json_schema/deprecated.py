"""Something is announced to go."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, harmless


def judge(fact: Fact) -> Judgement | None:
    """It is as it was, for now."""
    return harmless("Deprecated: it is announced to go." if fact.new else "Not deprecated any more.")


RULE = Rule("deprecated", What.DEPRECATED, judge, __doc__)
