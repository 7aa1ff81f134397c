"""A list or an object is written in another way into a parameter or a header."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.openapi._styles import style_of
from controlplane.contracts.rules.rule import Judgement, Rule, changes, harmless


def judge(fact: Fact) -> Judgement | None:
    """A single value looks as it did, unless the style puts something before it."""
    now, was = style_of(fact.new), style_of(fact.old)
    message = f"It is written {now}; it was {was}."
    if fact.new[0] == fact.old[0] and not _has_several(fact):
        return harmless(f"{message} A single value looks the same.")
    return changes(message, "Read both for as long as anybody sends the old.")


def _has_several(fact: Fact) -> bool:
    """Whether it may hold more than one value; what is not known here may."""
    return any(
        node is None or node.unresolved or node.lets_in("array") or node.lets_in("object")
        for node in (fact.before, fact.after)
    )


RULE = Rule("parameter-style-changed", What.PARAMETER_STYLE, judge, __doc__)
