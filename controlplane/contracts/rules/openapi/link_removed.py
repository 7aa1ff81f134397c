"""An answer does not say any more where to go on."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, unproved


def judge(fact: Fact) -> Judgement | None:
    """The operation may be there still; who follows the link does not find it."""
    return unproved("Gone.", "Ask those who follow it.") if fact.new is None else None


RULE = Rule("link-removed", What.LINK, judge, __doc__)
