"""A range of media types stands where one stood."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.diff.openapi.content import covers
from controlplane.contracts.rules.rule import Judgement, Rule, widens


def judge(fact: Fact) -> Judgement | None:
    """Whoever reads may meet any of them."""
    if not covers(fact.new, fact.old):
        return None
    return widens(f"It may come as any of {fact.new}; it was {fact.old}.")


RULE = Rule("media-type-widened", What.MEDIA_TYPE, judge, __doc__)
