"""One more scope can be asked for."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, harmless


def judge(fact: Fact) -> Judgement | None:
    """Nobody has to."""
    return harmless(f"{fact.name} can be asked for.") if fact.old is None else None


RULE = Rule("oauth-scope-offered", What.SCHEME_SCOPE, judge, __doc__)
