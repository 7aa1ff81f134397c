"""Anybody may call."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, unproved


def judge(fact: Fact) -> Judgement | None:
    """Nobody is refused. Whether that is meant nobody can tell from here."""
    return unproved(
        f"Nothing is asked for any more; it was {' or '.join(fact.old)}.", "Say in the change that it is meant."
    )


RULE = Rule("security-dropped", What.SECURITY_DROPPED, judge, __doc__)
