"""The day on which something ends is not said any more."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, harmless, unproved


def judge(fact: Fact) -> Judgement | None:
    """Where it stays deprecated, nobody knows how long it stays."""
    if fact.new is not None:
        return None
    if not fact.name:
        return harmless("It is not announced to end any more.")
    return unproved("It is deprecated still, and the day of its end is not said any more.", "Say until when it stays.")


RULE = Rule("sunset-withdrawn", What.SUNSET, judge, __doc__)
