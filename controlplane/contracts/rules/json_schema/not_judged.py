"""The documents are too large or too deep to be judged to the end."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, unproved


def judge(_fact: Fact) -> Judgement | None:
    """What is beyond the limits may differ in any way."""
    return unproved(
        "Too much or too deep from here on: the rest has not been judged.", "Judge parts of it by themselves."
    )


RULE = Rule("not-judged", What.GIVEN_UP, judge, __doc__)
