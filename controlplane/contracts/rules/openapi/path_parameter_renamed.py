"""The parameters of a path are called otherwise."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, harmless


def judge(fact: Fact) -> Judgement | None:
    """They go by their place in the path, not by their name."""
    return harmless(f"The path was written {fact.old}; the names of its parameters do not go over the wire.")


RULE = Rule("path-parameter-renamed", What.PATH_TEMPLATE, judge, __doc__)
