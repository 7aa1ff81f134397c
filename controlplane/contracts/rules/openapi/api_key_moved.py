"""A key goes elsewhere, or under another name."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, changes


def judge(fact: Fact) -> Judgement | None:
    """Where it was sent, nobody looks for it."""
    return changes(f"It goes into {fact.new}; it went into {fact.old}.", "Take it from both places for a time.")


RULE = Rule("api-key-moved", What.SCHEME_KEY, judge, __doc__)
