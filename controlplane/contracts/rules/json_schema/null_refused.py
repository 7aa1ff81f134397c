"""Null was let in and is refused."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.json_schema._types import moved
from controlplane.contracts.rules.rule import Judgement, Rule, narrows


def judge(fact: Fact) -> Judgement | None:
    """Whoever sends null for "nothing" is refused."""
    gone, come = moved(fact)
    return narrows("Null is refused; it was let in.") if gone == {"null"} and not come else None


RULE = Rule("null-refused", What.TYPE, judge, __doc__)
