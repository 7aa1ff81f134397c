"""A part of an address is something else where nobody says."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules import wording
from controlplane.contracts.rules.rule import Judgement, Rule, unproved


def judge(fact: Fact) -> Judgement | None:
    """Whoever says nothing calls another server."""
    return unproved(
        f"Left out, it is {wording.value(fact.new)}; it was {wording.value(fact.old)}.", "Ask those who leave it out."
    )


RULE = Rule("server-default-changed", What.SERVER_DEFAULT, judge, __doc__)
