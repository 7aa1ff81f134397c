"""A security scheme is of another type."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, changes


def judge(fact: Fact) -> Judgement | None:
    """Credentials of the old are refused."""
    return changes(f"{fact.new} now; it was {fact.old}.", "Add a scheme of the new type as an alternative.")


RULE = Rule("security-scheme-changed", What.SCHEME, judge, __doc__)
