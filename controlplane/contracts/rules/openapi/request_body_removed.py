"""A request has no body any more."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, changes


def judge(_fact: Fact) -> Judgement | None:
    """What was sent in it is ignored, or the request is refused; whoever is sent it finds nothing."""
    return changes("There is no body any more.", "Offer the operation without a body beside this one.")


RULE = Rule("request-body-removed", What.BODY_REMOVED, judge, __doc__)
