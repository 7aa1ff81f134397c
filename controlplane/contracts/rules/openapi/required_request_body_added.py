"""A request has to have a body that had none."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, narrows


def judge(fact: Fact) -> Judgement | None:
    """Requests without are refused."""
    return narrows("A body has to be sent; there was none.", "Let it be left out.") if fact.new else None


RULE = Rule("required-request-body-added", What.BODY_ADDED, judge, __doc__)
