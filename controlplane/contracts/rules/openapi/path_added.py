"""A path is added."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, harmless


def judge(fact: Fact) -> Judgement | None:
    """Nobody calls it yet."""
    return harmless(f"New: {', '.join(fact.new) or 'no operation'}.")


RULE = Rule("path-added", What.PATH_ADDED, judge, __doc__)
