"""What a list may hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from controlplane.contracts.diff.facts import Sense, What
from controlplane.contracts.diff.values import number

if TYPE_CHECKING:
    from controlplane.contracts.diff.nodes import Node
    from controlplane.contracts.diff.schemas import Comparison, Place


def compare(comparison: Comparison, old: Node, new: Node, place: Place) -> None:
    """Facts of lists. The first items may each have a schema of their own; the rest have one together."""
    for keyword, what in (("minItems", What.MIN_ITEMS), ("maxItems", What.MAX_ITEMS)):
        was, now = number(old.get(keyword)), number(new.get(keyword))
        if was != now and not (keyword == "minItems" and not was and not now):
            comparison.found(what, place, was, now, before=old, after=new)
    if bool(old.get("uniqueItems")) != bool(new.get("uniqueItems")):
        comparison.found(What.UNIQUE, place, bool(old.get("uniqueItems")), bool(new.get("uniqueItems")))
    _items(comparison, old, new, place)
    _contains(comparison, old, new, place)


def _items(comparison: Comparison, old: Node, new: Node, place: Place) -> None:
    first_old, first_new = old.several("prefixItems"), new.several("prefixItems")
    rest_old, rest_new = old.inner("items"), new.inner("items")
    for number_, (was, now) in enumerate(_side_by_side(first_old, first_new, rest_old, rest_new)):
        comparison.compare(was, now, place.items(str(number_)))
    comparison.compare(rest_old, rest_new, place.items())


def _side_by_side(old: list[Node], new: list[Node], rest_old: Node, rest_new: Node) -> list[tuple[Node, Node]]:
    most = max(len(old), len(new))
    longer_old = old + [rest_old] * (most - len(old))
    longer_new = new + [rest_new] * (most - len(new))
    return list(zip(longer_old, longer_new, strict=True))


def _contains(comparison: Comparison, old: Node, new: Node, place: Place) -> None:
    has_old, has_new = "contains" in old.words, "contains" in new.words
    counts_old, counts_new = _counts(old), _counts(new)
    if has_old != has_new or (has_old and counts_old != counts_new):
        was, now = counts_old if has_old else None, counts_new if has_new else None
        comparison.found(What.CONTAINS, place, was, now, before=old, after=new)
    if has_old and has_new:
        # At least one that fits: the more fit, the more lists do. At most some: the other way round.
        sense = place.sense if counts_old[1] is None and counts_new[1] is None else Sense.EITHER
        comparison.compare(old.inner("contains"), new.inner("contains"), place.under("(contained)", sense))


def _counts(node: Node) -> tuple[float | int, float | int | None]:
    fewest = number(node.get("minContains"))
    return 1 if fewest is None else fewest, number(node.get("maxContains"))
