"""A reference leads out of the document, or nowhere."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, unproved


def judge(fact: Fact) -> Judgement | None:
    """What it leads to may have changed; nothing is fetched from elsewhere."""
    reference = fact.new or fact.old
    return unproved(
        f"{reference!r} is not in the document, and was not judged.", "Put what it leads to into the document."
    )


RULE = Rule("reference-unresolved", What.UNRESOLVED, judge, __doc__)
