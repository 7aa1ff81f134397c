"""A part of a form is written in another way."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules import wording
from controlplane.contracts.rules.rule import Judgement, Rule, unproved


def judge(fact: Fact) -> Judgement | None:
    """What is sent in the old way may not be understood."""
    return unproved(f"The part {fact.name!r} is encoded {wording.value(fact.new)}; it was {wording.value(fact.old)}.")


RULE = Rule("part-encoding-changed", What.PART_ENCODING, judge, __doc__)
