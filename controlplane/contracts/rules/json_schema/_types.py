"""Which types are not let in any more, and which are now, as far as values of them could come."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact
from controlplane.contracts.diff.nodes import Node, is_of


def moved(fact: Fact) -> tuple[set[str], set[str]]:
    """Gone and come. A whole number is a number; of listed values only their types count."""
    gone, come = _without(fact.old, fact.new), _without(fact.new, fact.old)
    return _of_listed(fact.before, gone, fact.new), _of_listed(fact.after, come, fact.old)


def _without(types: list[str], others: list[str]) -> set[str]:
    return {one for one in types if one not in others and not (one == "integer" and "number" in others)}


def _of_listed(node: Node | None, types: set[str], others: list[str]) -> set[str]:
    """None, where every listed value is of one of the other types."""
    listed = node.enum if node is not None else None
    if listed is not None and all(is_of(value, frozenset(others)) for value in listed):
        return set()
    return types
