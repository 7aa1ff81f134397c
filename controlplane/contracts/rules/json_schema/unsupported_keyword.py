"""A keyword has changed that is not known here."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules import wording
from controlplane.contracts.rules.rule import Judgement, Rule, unproved


def judge(fact: Fact) -> Judgement | None:
    """What it refuses, if anything, cannot be judged."""
    return unproved(
        f"The keyword {fact.name!r} is not judged: {wording.value(fact.new)}; it was {wording.value(fact.old)}."
    )


RULE = Rule("unsupported-keyword", What.UNSUPPORTED, judge, __doc__)
