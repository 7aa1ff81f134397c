"""Schemas that stand where another is named: a discriminator says that there are some.

OpenAPI names them in the discriminator's ``mapping``, or leaves it at those that have the schema as a part.
Source: https://spec.openapis.org/oas/v3.1.1.html#discriminator-object.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from controlplane.contracts.diff.facts import Sense, What
from controlplane.contracts.diff.flattening import flattened
from controlplane.contracts.diff.unions import name_of

if TYPE_CHECKING:
    from controlplane.contracts.diff.nodes import Document, Node
    from controlplane.contracts.diff.schemas import Comparison, Place


def compare(comparison: Comparison, old: Node, new: Node, place: Place) -> None:
    """Facts of what may stand for two schemas; of listed alternatives the comparison of unions tells."""
    if not old.document.has_heirs or not new.document.has_heirs or not (_is_base(old) or _is_base(new)):
        return
    before, after = dict(_heirs(old)), dict(_heirs(new))
    for name in [*before, *(one for one in after if one not in before)]:
        if name in before and name in after:
            _side_by_side(comparison, before[name], after[name], place, name)
        elif name in before:
            comparison.found(What.ALTERNATIVE, place, name, None, before=before[name])
        else:
            comparison.found(What.ALTERNATIVE, place, None, name, after=after[name])


def _side_by_side(comparison: Comparison, old: Node | None, new: Node | None, place: Place, name: str) -> None:
    if old is None or new is None:
        lost = [name if one is None else "" for one in (old, new)]
        comparison.found(What.UNRESOLVED, place.under(sense=Sense.EITHER), *lost)
    else:
        comparison.compare(old, new, place.under(f"({name})"))


def _is_base(node: Node) -> bool:
    words = flattened(node).words
    return "discriminator" in words and not words.keys() & {"anyOf", "oneOf"}


def _heirs(node: Node) -> Iterator[tuple[str, Node | None]]:
    """By name. None stands for one that is not in the document."""
    discriminator = flattened(node).get("discriminator")
    mapping = discriminator.get("mapping") if isinstance(discriminator, Mapping) else None
    for target in mapping.values() if isinstance(mapping, Mapping) else ():
        heir = _named(node.document, str(target))
        yield (str(target) if heir is None else name_of(heir)), heir
    for heir in node.document.heirs_of(node):
        yield name_of(heir), heir


def _named(document: Document, target: str) -> Node | None:
    """The schema that a mapping names: by reference, or by the name of a component."""
    return document.reference(target if target.startswith("#/") else f"#/components/schemas/{target}")
