"""A body may come in one more media type."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, widens
from controlplane.governance.rules.changed import Level


def judge(fact: Fact) -> Judgement | None:
    """Of a response, who asks for the old gets it, and who asks for none may get the new (RFC 9110, section 12.5.1).

    For the request of a webhook nobody has asked.
    """
    if fact.name == "response":
        message = f"It may come as {fact.new}: whoever says nothing of what is wanted may get that."
        return widens(message, "Send the old to whoever asks for none.", Level.RISKY)
    return widens(f"It may come as {fact.new}, too.")


RULE = Rule("media-type-added", What.MEDIA_TYPE_ADDED, judge, __doc__)
