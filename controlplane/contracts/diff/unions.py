"""Parts that all hold (``allOf``), and alternatives (``anyOf``, ``oneOf``), each found again on the other side."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from controlplane.contracts.diff.facts import Sense, What
from controlplane.contracts.diff.flattening import flattened
from controlplane.contracts.diff.values import key

if TYPE_CHECKING:
    from controlplane.contracts.diff.nodes import Node
    from controlplane.contracts.diff.schemas import Comparison, Place

Pair: TypeAlias = "tuple[Node, Node]"


def compare(comparison: Comparison, old: Node, new: Node, place: Place) -> None:
    """Facts of what a schema is put together from."""
    _parts(comparison, old, new, place)
    _alternatives(comparison, old, new, place)


def _parts(comparison: Comparison, old: Node, new: Node, place: Place) -> None:
    pairs, gone, come = matched(old.several("allOf"), new.several("allOf"))
    for before, after in pairs:
        comparison.compare(before, after, place.under())
    for part in gone:
        comparison.found(What.PART, place, name_of(part), None, before=part)
    for part in come:
        comparison.found(What.PART, place, None, name_of(part), after=part)


def _alternatives(comparison: Comparison, old: Node, new: Node, place: Place) -> None:
    any_old, one_old = old.several("anyOf"), old.several("oneOf")
    any_new, one_new = new.several("anyOf"), new.several("oneOf")
    if not (any_old or one_old or any_new or one_new):
        return
    if (any_old and one_old) or (any_new and one_new):
        _of_kind(comparison, any_old, any_new, place, exclusive=False, sides=(old, new))
        _of_kind(comparison, one_old, one_new, place, exclusive=True, sides=(old, new))
        return
    exclusive_old, exclusive_new = _exclusive(one_old), _exclusive(one_new)
    if exclusive_old != exclusive_new and (any_old or one_old) and (any_new or one_new):
        comparison.found(What.UNION, place, _called(exclusive_old), _called(exclusive_new))
    exclusive = exclusive_old or exclusive_new
    _of_kind(comparison, any_old or one_old, any_new or one_new, place, exclusive=exclusive, sides=(old, new))


def _called(exclusive: bool) -> str:
    return "oneOf" if exclusive else "anyOf"


def _exclusive(alternatives: Sequence[Node]) -> bool:
    """Whether a value that fits two of them is refused; where none can, ``oneOf`` is ``anyOf``."""
    return bool(alternatives) and not apart(alternatives)


def _of_kind(
    comparison: Comparison,
    old: Sequence[Node],
    new: Sequence[Node],
    place: Place,
    *,
    exclusive: bool,
    sides: tuple[Node, Node],
) -> None:
    if not old and not new:
        return
    if not old or not new:
        here = [name_of(one) for one in (old or new)]
        what = (here, None) if old else (None, here)
        comparison.found(What.ALTERNATIVE, place, *what, name="all", before=sides[0], after=sides[1])
        return
    sense = Sense.EITHER if exclusive else place.sense
    pairs, gone, come = matched(old, new)
    for before, after in pairs:
        comparison.compare(before, after, place.under(f"({name_of(after)})", sense))
    for one in gone:
        comparison.found(What.ALTERNATIVE, place.under(sense=sense), name_of(one), None, before=one)
    for one in come:
        comparison.found(What.ALTERNATIVE, place.under(sense=sense), None, name_of(one), after=one)


def matched(old: Sequence[Node], new: Sequence[Node]) -> tuple[list[Pair], list[Node], list[Node]]:
    """Which of these is which of those: by what they say, where they are defined, how they are called, their order."""
    pairs: list[Pair] = []
    gone, come = list(old), list(new)
    for likeness in _LIKENESSES:
        known: dict[Hashable, list[Node]] = {}
        for one in come:
            if (found := likeness(one)) is not None:
                known.setdefault(found, []).append(one)
        for one in list(gone):
            if (found := likeness(one)) is not None and (those := known.get(found)):
                pairs.append((one, those.pop(0)))
                gone.remove(one)
                come.remove(pairs[-1][1])
    if gone and len(gone) == len(come):
        return [*pairs, *zip(gone, come, strict=True)], [], []
    return pairs, gone, come


def _by_reference(node: Node) -> Hashable:
    return node.defined.place if node.refers else None


def _by_title(node: Node) -> Hashable:
    title = node.get("title")
    return title if isinstance(title, str) and title else None


def _by_constant(node: Node) -> Hashable:
    """The one value of a property that tells alternatives apart."""
    flat = flattened(node)
    constants = []
    for name, schema in flat.members("properties").items():
        if schema.enum is not None and len(schema.enum) == 1:
            constants.append((name, key(schema.enum[0])))
    return tuple(sorted(constants, key=lambda one: one[0])) or None


def _by_type(node: Node) -> Hashable:
    return node.types if "type" in node.words else None


def _by_words(node: Node) -> Hashable:
    """What it says, unless what it refers to would have to be known for that."""
    return key(node.schema)


_LIKENESSES: tuple[Callable[[Any], Hashable], ...] = (_by_words, _by_reference, _by_title, _by_constant, _by_type)


def apart(alternatives: Sequence[Node]) -> bool:
    """Whether no value can fit two of them: by their types, or by a property that each requires and names."""
    flat = [flattened(one) for one in alternatives]
    return _types_apart(flat) or _constants_apart(flat)


def _types_apart(alternatives: Sequence[Node]) -> bool:
    seen: set[str] = set()
    for one in alternatives:
        types = {"number" if kind == "integer" else kind for kind in one.types}
        if seen & types:
            return False
        seen |= types
    return True


def _constants_apart(alternatives: Sequence[Node]) -> bool:
    if any(one.types != {"object"} for one in alternatives):
        return False
    names = [
        {name for name, schema in one.members("properties").items() if name in one.required and schema.enum}
        for one in alternatives
    ]
    return any(_values_apart(alternatives, name) for name in set.intersection(*names))


def _values_apart(alternatives: Sequence[Node], name: str) -> bool:
    seen: set[Hashable] = set()
    for one in alternatives:
        values = {key(value) for value in one.members("properties")[name].enum or []}
        if seen & values:
            return False
        seen |= values
    return True


def name_of(node: Node) -> str:
    """An alternative in a word: its title, its definition's name, its constant, or its type."""
    title = node.get("title")
    if isinstance(title, str) and title:
        return title[:80]
    if node.refers:
        return node.defined.place.rsplit("/", 1)[-1]
    if isinstance(constants := _by_constant(node), tuple):
        return ", ".join(f"{name} {value[1]}" for name, value in constants)[:80]
    return " or ".join(sorted(node.types)) if "type" in node.words else "another schema"
