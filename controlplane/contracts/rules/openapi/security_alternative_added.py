"""There is one more way for a call to prove who it is from."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, harmless


def judge(fact: Fact) -> Judgement | None:
    """The others hold."""
    return harmless(f"{fact.new} is enough now.") if fact.old is None else None


RULE = Rule("security-alternative-added", What.SECURITY_ALTERNATIVE, judge, __doc__)
