"""One media type stands where a range of them stood."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.diff.openapi.content import covers
from controlplane.contracts.rules.rule import Judgement, Rule, narrows


def judge(fact: Fact) -> Judgement | None:
    """Whoever sends another of them is refused."""
    if not covers(fact.old, fact.new):
        return None
    return narrows(f"Only as {fact.new}; any of {fact.old} was let in.")


RULE = Rule("media-type-narrowed", What.MEDIA_TYPE, judge, __doc__)
