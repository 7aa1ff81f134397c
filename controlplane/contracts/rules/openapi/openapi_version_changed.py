"""The description is written in another version of OpenAPI."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, harmless


def judge(fact: Fact) -> Judgement | None:
    """What goes over the wire is what it was; tools that read the description may have to be newer."""
    return harmless(f"Described in OpenAPI {fact.new} now; it was {fact.old}.")


RULE = Rule("openapi-version-changed", What.SPECIFICATION, judge, __doc__)
