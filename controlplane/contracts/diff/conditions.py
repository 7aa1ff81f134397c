"""``not``, ``if``/``then``/``else``, and ``unevaluated…``, which looks at all that stands beside it."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Final

from controlplane.contracts.diff.dialects import SAID
from controlplane.contracts.diff.facts import Sense, What
from controlplane.contracts.diff.values import key, same

if TYPE_CHECKING:
    from controlplane.contracts.diff.nodes import Node
    from controlplane.contracts.diff.schemas import Comparison, Place

#: Keywords whose schemas look at the same value: what they have looked at is not left over.
_ELSEWHERE: Final = frozenset({"allOf", "anyOf", "oneOf", "if", "then", "else", "dependentSchemas", "$ref"})
_LEFT_OVER: Final = ("unevaluatedProperties", "unevaluatedItems")


def compare(comparison: Comparison, old: Node, new: Node, place: Place, *, since: int) -> None:
    """Facts of what is judged by other schemas; ``since`` is how many differences there were before this place."""
    _exclusion(comparison, old, new, place)
    _condition(comparison, old, new, place)
    _unevaluated(comparison, old, new, place, differs=comparison.differences > since)


def _exclusion(comparison: Comparison, old: Node, new: Node, place: Place) -> None:
    was, now = "not" in old.words, "not" in new.words
    if was and now:
        there = place.under("(not)", place.sense.inverted)
        comparison.compare(old.inner("not"), new.inner("not"), there)
    elif was or now:
        comparison.found(What.EXCLUSION, place, was, now, before=old, after=new)


def _condition(comparison: Comparison, old: Node, new: Node, place: Place) -> None:
    was, now = _asks(old), _asks(new)
    if not (was or now):
        return
    if was != now:
        comparison.found(What.CONDITION, place, was, now, before=old, after=new)
        return
    if not comparison.equal(old.inner("if"), new.inner("if"), place.depth):
        # Which values the rest is asked of has changed: more of some, fewer of others.
        comparison.found(What.CONDITION, place.under(sense=Sense.EITHER), was, now, before=old, after=new)
    for word in ("then", "else"):
        comparison.compare(old.inner(word), new.inner(word), place.under(f"({word})"))


def _asks(node: Node) -> bool:
    return "if" in node.words and ("then" in node.words or "else" in node.words)


def _unevaluated(comparison: Comparison, old: Node, new: Node, place: Place, *, differs: bool) -> None:
    keywords = [one for one in _LEFT_OVER if one in old.words or one in new.words]
    if not keywords or (comparison.of_same_documents(old, new) and same(old.words, new.words)):
        return  # a circle that is still looked at counts as different, and is not
    for keyword in keywords:
        apart = differs or _leaves_over(old) != _leaves_over(new) or _judges_elsewhere(comparison, old, new)
        if apart or not comparison.equal(old.inner(keyword), new.inner(keyword), place.depth):
            was, now = old.get(keyword), new.get(keyword)
            comparison.found(What.UNEVALUATED, place.under(sense=Sense.EITHER), was, now, name=keyword)


def _leaves_over(node: Node) -> Hashable:
    """What decides which members nothing has looked at: even a schema that lets everything in looks at its own."""
    return key({name: value for name, value in node.words.items() if name not in SAID})


def _judges_elsewhere(comparison: Comparison, old: Node, new: Node) -> bool:
    """Whether other schemas of the documents have a say in that, and the documents are not the same."""
    refers = bool(_ELSEWHERE & (old.words.keys() | new.words.keys())) or old.leads_on or new.leads_on
    return refers and not comparison.of_same_documents(old, new)
