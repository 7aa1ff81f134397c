"""Of properties: whether others are let in, and whether anything is."""

from __future__ import annotations

from controlplane.contracts.diff.dialects import SAID
from controlplane.contracts.diff.facts import Fact
from controlplane.contracts.diff.nodes import Node


def is_closed(others: Node | None) -> bool:
    """Whether properties that are not described are refused."""
    return others is not None and others.never


def is_free(node: Node | None) -> bool:
    """Whether a schema refuses nothing."""
    return node is None or not (node.words.keys() - SAID or node.unresolved)


def of_others(fact: Fact) -> bool:
    """Whether it is about the properties that are not described."""
    return fact.path == "*" or fact.path.endswith((".*", ": *"))
