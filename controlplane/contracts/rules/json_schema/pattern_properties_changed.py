"""Which names a pattern catches has changed."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules import wording
from controlplane.contracts.rules.rule import Judgement, Rule, unproved


def judge(fact: Fact) -> Judgement | None:
    """Whether two patterns catch the same names cannot be proved here."""
    return unproved(
        f"Names by pattern: {wording.values(fact.new) or 'none'}; they were {wording.values(fact.old) or 'none'}."
    )


RULE = Rule("pattern-properties-changed", What.PATTERN_PROPERTIES, judge, __doc__)
