"""Its title or description has changed."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, harmless


def judge(fact: Fact) -> Judgement | None:
    """People read another thing; programs do not."""
    return harmless(f"Its {fact.name} has changed.")


RULE = Rule("words-changed", What.WORDS, judge, __doc__)
