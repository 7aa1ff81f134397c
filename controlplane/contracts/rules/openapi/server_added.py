"""It can be called at one more address."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, harmless


def judge(fact: Fact) -> Judgement | None:
    """The others hold."""
    return harmless(f"New: {fact.new}.")


RULE = Rule("server-added", What.SERVER_ADDED, judge, __doc__)
