"""What a text holds is packed or written another way."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules import wording
from controlplane.contracts.rules.rule import Judgement, Rule, unproved


def judge(fact: Fact) -> Judgement | None:
    """The text lets in what it did; what is within it is another thing."""
    return unproved(f"{fact.name} is {wording.value(fact.new)}; it was {wording.value(fact.old)}.")


RULE = Rule("encoding-changed", What.ENCODING, judge, __doc__)
