"""Another property, or other values, tell alternatives apart."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, unproved


def judge(_fact: Fact) -> Judgement | None:
    """Readers choose by it; the schema lets in what it did."""
    return unproved("Alternatives are told apart in another way.", "Ask each reader how it chooses.")


RULE = Rule("discriminator-changed", What.DISCRIMINATOR, judge, __doc__)
