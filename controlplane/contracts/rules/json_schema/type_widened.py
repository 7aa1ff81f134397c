"""Values of a type come that never came before."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules import wording
from controlplane.contracts.rules.json_schema._types import moved
from controlplane.contracts.rules.rule import Judgement, Rule, widens


def judge(fact: Fact) -> Judgement | None:
    """Unless the values that are let in are listed, and all of them were let in before."""
    gone, come = moved(fact)
    if not come or gone or come == {"null"}:
        return None
    return widens(f"It may be {wording.types(sorted(come))} now; it was {wording.types(fact.old)}.")


RULE = Rule("type-widened", What.TYPE, judge, __doc__)
