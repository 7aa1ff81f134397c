"""What a single value may be: its type, the values it may have, its limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from controlplane.contracts.diff.facts import What
from controlplane.contracts.diff.values import key, number, same

if TYPE_CHECKING:
    from controlplane.contracts.diff.nodes import Node
    from controlplane.contracts.diff.schemas import Comparison, Place

_PLAIN: Final = (
    ("minLength", What.MIN_LENGTH, "string"),
    ("maxLength", What.MAX_LENGTH, "string"),
    ("pattern", What.PATTERN, "string"),
    ("multipleOf", What.MULTIPLE_OF, "number"),
)


def compare(comparison: Comparison, old: Node, new: Node, place: Place) -> None:
    """Facts of values of any type."""
    sides = {"before": old, "after": new}
    if old.types != new.types:
        comparison.found(What.TYPE, place, sorted(old.types), sorted(new.types), **sides)
    _enums(comparison, old, new, place)
    for keyword, what, kind in _PLAIN:
        was, now = (None if says_nothing(keyword, node) else node.get(keyword) for node in (old, new))
        if _both_let_in(old, new, kind) and not same(was, now):
            comparison.found(what, place, was, now, **sides)
    if _both_let_in(old, new, "number"):
        _limits(comparison, old, new, place)
    if not same(old.get("format"), new.get("format")):
        comparison.found(What.FORMAT, place, old.get("format"), new.get("format"), **sides)
    for keyword in ("contentEncoding", "contentMediaType", "contentSchema"):
        if not same(old.get(keyword), new.get(keyword)):
            comparison.found(What.ENCODING, place, old.get(keyword), new.get(keyword), name=keyword, **sides)


def says_nothing(keyword: str, node: Node) -> bool:
    """At least none is what is so anyway."""
    return keyword.startswith("min") and number(node.get(keyword)) == 0


def _both_let_in(old: Node, new: Node, kind: str) -> bool:
    """What only one of the two lets in at all is told by its type."""
    return old.lets_in(kind) and new.lets_in(kind)


def _enums(comparison: Comparison, old: Node, new: Node, place: Place) -> None:
    was, now = old.enum, new.enum
    if was is None and now is None:
        return
    if was is not None and now is not None and {key(one) for one in was} == {key(one) for one in now}:
        return
    comparison.found(What.ENUM, place, was, now, before=old, after=new)


def _limits(comparison: Comparison, old: Node, new: Node, place: Place) -> None:
    for what, keyword, exclusive, stricter in (
        (What.MINIMUM, "minimum", "exclusiveMinimum", max),
        (What.MAXIMUM, "maximum", "exclusiveMaximum", min),
    ):
        was, now = (_limit(node, keyword, exclusive, stricter) for node in (old, new))
        if was != now:
            comparison.found(what, place, was, now, before=old, after=new)


def _limit(node: Node, keyword: str, exclusive: str, stricter: Any) -> tuple[float | int, bool] | None:
    """The limit that counts, and whether it is itself refused."""
    plain, open_ = number(node.get(keyword)), number(node.get(exclusive))
    if plain is None or open_ is None:
        found = plain if open_ is None else open_
        return None if found is None else (found, open_ is not None)
    return (open_, True) if stricter(plain, open_) == open_ else (plain, False)
