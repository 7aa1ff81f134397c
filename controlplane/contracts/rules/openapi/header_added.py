"""A header of an answer is added that may be left out."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, harmless


def judge(fact: Fact) -> Judgement | None:
    """Whoever does not know it passes it over."""
    return None if fact.new else harmless("New, and may be left out.")


RULE = Rule("header-added", What.HEADER_ADDED, judge, __doc__)
