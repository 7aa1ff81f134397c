"""Null may come where there was always a value."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.json_schema._types import moved
from controlplane.contracts.rules.rule import Judgement, Rule, widens


def judge(fact: Fact) -> Judgement | None:
    """Whoever reads has to be ready for nothing."""
    gone, come = moved(fact)
    return widens("Null may come; there was always a value.") if come == {"null"} and not gone else None


RULE = Rule("null-allowed", What.TYPE, judge, __doc__)
