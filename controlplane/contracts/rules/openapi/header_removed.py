"""A header of an answer is gone that could be left out."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, unproved


def judge(fact: Fact) -> Judgement | None:
    """Whoever looks for it never finds it now."""
    return None if fact.old else unproved("Gone; it could be left out.", "Ask those who look for it.")


RULE = Rule("header-removed", What.HEADER_REMOVED, judge, __doc__)
