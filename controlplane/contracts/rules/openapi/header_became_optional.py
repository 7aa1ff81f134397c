"""A header of an answer may be left out that was always there."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, widens


def judge(fact: Fact) -> Judgement | None:
    """Callers may not find it."""
    return None if fact.new else widens("It may be left out; it was always there.")


RULE = Rule("header-became-optional", What.HEADER_REQUIRED, judge, __doc__)
