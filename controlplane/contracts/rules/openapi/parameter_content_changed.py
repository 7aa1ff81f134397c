"""A parameter or header holds a document instead of a value, or the other way round."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, changes


def judge(fact: Fact) -> Judgement | None:
    """It is written in quite another way."""
    message = "It holds a document of a media type now." if fact.new else "It holds a plain value now, no document."
    return changes(message, "Add a parameter of the new kind beside it, and retire this one later.")


RULE = Rule("parameter-content-changed", What.PARAMETER_CONTENT, judge, __doc__)
