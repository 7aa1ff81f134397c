"""The end of something is announced for a day."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules import wording
from controlplane.contracts.rules.rule import Judgement, Rule, harmless


def judge(fact: Fact) -> Judgement | None:
    """It is as it was until then."""
    if fact.old is not None or fact.new is None:
        return None
    return harmless(f"Announced to end: {wording.value(fact.new)}.")


RULE = Rule("sunset-announced", What.SUNSET, judge, __doc__)
