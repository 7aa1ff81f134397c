"""A path is gone, with all its operations."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, changes


def judge(fact: Fact) -> Judgement | None:
    """Whoever calls it gets nothing any more. A server may answer still; it is not promised."""
    return changes(
        f"Gone: {', '.join(fact.old) or 'no operation'}.",
        "Deprecate it first, and remove it when nobody calls it any more.",
    )


RULE = Rule("path-removed", What.PATH_REMOVED, judge, __doc__)
