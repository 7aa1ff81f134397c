"""A part of an address may have more values."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, harmless


def judge(fact: Fact) -> Judgement | None:
    """The others hold."""
    if fact.new is not None and (fact.old is None or any(one not in fact.new for one in fact.old)):
        return None
    return harmless("It may have other values, too.")


RULE = Rule("server-values-widened", What.SERVER_VALUES, judge, __doc__)
