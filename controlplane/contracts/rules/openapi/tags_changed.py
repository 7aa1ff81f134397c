"""An operation is listed under other tags."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, harmless


def judge(_fact: Fact) -> Judgement | None:
    """They order the documentation."""
    return harmless("Listed under other tags.")


RULE = Rule("tags-changed", What.TAGS, judge, __doc__)
