"""Values of a type that was let in are refused."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules import wording
from controlplane.contracts.rules.json_schema._types import moved
from controlplane.contracts.rules.rule import Judgement, Rule, narrows


def judge(fact: Fact) -> Judgement | None:
    """Unless the values that were let in were listed, and all of them still are."""
    gone, come = moved(fact)
    if not gone or come or gone == {"null"}:
        return None
    return narrows(f"It has to be {wording.types(fact.new)}; {wording.types(sorted(gone))} was let in.")


RULE = Rule("type-narrowed", What.TYPE, judge, __doc__)
