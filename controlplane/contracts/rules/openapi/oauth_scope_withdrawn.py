"""A scope cannot be asked for any more."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, unproved


def judge(fact: Fact) -> Judgement | None:
    """A client that asks for it with others may get no token at all."""
    if fact.new is not None:
        return None
    return unproved(f"{fact.name} cannot be asked for any more.", "Look which clients ask for it.")


RULE = Rule("oauth-scope-withdrawn", What.SCHEME_SCOPE, judge, __doc__)
