"""A media type has other parameters: its version, its characters."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.diff.openapi.content import covers
from controlplane.contracts.rules.rule import Judgement, Rule, unproved


def judge(fact: Fact) -> Judgement | None:
    """What they mean is between the two sides."""
    if covers(fact.old, fact.new) or covers(fact.new, fact.old):
        return None
    return unproved(f"It comes as {fact.new}; it was {fact.old}.", "Take both, and answer with what is asked for.")


RULE = Rule("media-type-parameters-changed", What.MEDIA_TYPE, judge, __doc__)
