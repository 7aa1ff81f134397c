"""A body does not come in a media type any more."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import FOR_WRITERS, Judgement, Rule, changes, narrows


def judge(fact: Fact) -> Judgement | None:
    """What is sent in it is refused; a caller that asks for it gets nothing that it can read."""
    message = f"Not as {fact.old} any more."
    return changes(message, FOR_WRITERS) if fact.name == "response" else narrows(message)


RULE = Rule("media-type-removed", What.MEDIA_TYPE_REMOVED, judge, __doc__)
