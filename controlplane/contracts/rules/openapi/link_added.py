"""An answer says where to go on."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, harmless


def judge(fact: Fact) -> Judgement | None:
    """Whoever does not know it passes it over."""
    return harmless("New.") if fact.old is None else None


RULE = Rule("link-added", What.LINK, judge, __doc__)
