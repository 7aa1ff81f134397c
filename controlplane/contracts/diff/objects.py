"""What an object may have: properties by name, by pattern, and all others; which of them have to be there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from controlplane.contracts.diff.facts import Sense, What
from controlplane.contracts.diff.values import number

if TYPE_CHECKING:
    from controlplane.contracts.diff.nodes import Node
    from controlplane.contracts.diff.schemas import Comparison, Place


def compare(comparison: Comparison, old: Node, new: Node, place: Place) -> None:
    """Facts of objects."""
    for keyword, what in (("minProperties", What.MIN_PROPERTIES), ("maxProperties", What.MAX_PROPERTIES)):
        was, now = number(old.get(keyword)), number(new.get(keyword))
        if was != now and not (keyword == "minProperties" and not was and not now):
            comparison.found(what, place, was, now, before=old, after=new)
    _required(comparison, old, new, place)
    _dependent(comparison, old, new, place)
    _properties(comparison, old, new, place)
    if "propertyNames" in old.words or "propertyNames" in new.words:
        comparison.compare(old.inner("propertyNames"), new.inner("propertyNames"), place.under("(names)"))


def _required(comparison: Comparison, old: Node, new: Node, place: Place) -> None:
    """A property that comes required or goes required says so itself (``_added``, ``_removed``)."""
    names_old, names_new = old.members("properties"), new.members("properties")
    required_old, required_new = _asked_for(comparison, old), _asked_for(comparison, new)
    told = {name for name in names_new if name not in names_old and name in required_new}
    told |= {name for name in names_old if name not in names_new and name in required_old}
    for name in sorted((required_old ^ required_new) - told):
        was = name in required_old
        comparison.found(What.REQUIRED, place.member(name), was, not was, name=name, before=old, after=new)


def _asked_for(comparison: Comparison, node: Node) -> set[str]:
    """What has to be there, of what goes this way at all."""
    properties = node.members("properties")
    return {name for name in node.required if name not in properties or not comparison.passes_over(properties[name])}


def _dependent(comparison: Comparison, old: Node, new: Node, place: Place) -> None:
    was, now = old.table("dependentRequired"), new.table("dependentRequired")
    for name in sorted({*was, *now}):
        before, after = sorted(map(str, was.get(name) or [])), sorted(map(str, now.get(name) or []))
        if before != after:
            comparison.found(What.DEPENDENT_REQUIRED, place.member(name), before, after, name=name)
    schemas_old, schemas_new = old.members("dependentSchemas"), new.members("dependentSchemas")
    for name in sorted({*schemas_old, *schemas_new}):
        before_schema = schemas_old.get(name) or old.document.anything(place.path)
        after_schema = schemas_new.get(name) or new.document.anything(place.path)
        comparison.compare(before_schema, after_schema, place.under(f"(with {name})"))


def _properties(comparison: Comparison, old: Node, new: Node, place: Place) -> None:
    names_old, names_new = old.members("properties"), new.members("properties")
    # A name that a pattern may catch as well: what was or is let in under it is not known here.
    by_pattern = bool(old.get("patternProperties") or new.get("patternProperties"))
    apart = place.under(sense=Sense.EITHER) if by_pattern else place
    for name in [*names_old, *(one for one in names_new if one not in names_old)]:
        if all(comparison.passes_over(names[name]) for names in (names_old, names_new) if name in names):
            continue
        if name in names_old and name in names_new:
            comparison.compare(names_old[name], names_new[name], place.member(name))
        elif name in names_new:
            _added(comparison, old, new, name, apart.member(name))
        else:
            _removed(comparison, old, new, name, apart.member(name))
    _others(comparison, old, new, place)


def _added(comparison: Comparison, old: Node, new: Node, name: str, place: Place) -> None:
    """What was let in under that name before is what is let in of all others."""
    others, after = old.inner("additionalProperties"), new.members("properties")[name]
    required = name in new.required and name not in old.required
    comparison.found(What.PROPERTY_ADDED, place, None, required, name=name, before=others, after=after)
    if others.words and not others.never:
        comparison.compare(others, after, place)


def _removed(comparison: Comparison, old: Node, new: Node, name: str, place: Place) -> None:
    """What is let in under that name now is what is let in of all others."""
    before, others = old.members("properties")[name], new.inner("additionalProperties")
    required = name in old.required and name not in new.required
    comparison.found(What.PROPERTY_REMOVED, place, required, None, name=name, before=before, after=others)
    if others.words and not others.never:
        comparison.compare(before, others, place)


def _others(comparison: Comparison, old: Node, new: Node, place: Place) -> None:
    """Properties by pattern, and those that nothing names."""
    was, now = old.members("patternProperties"), new.members("patternProperties")
    for pattern in [one for one in was if one in now]:
        comparison.compare(was[pattern], now[pattern], place.member(f"/{pattern}/"))
    sense = place.sense
    if was.keys() != now.keys():
        comparison.found(What.PATTERN_PROPERTIES, place, sorted(was), sorted(now), before=old, after=new)
        sense = Sense.EITHER  # which names are left over is another question on either side
    others = old.inner("additionalProperties"), new.inner("additionalProperties")
    comparison.compare(*others, place.member("*").under(sense=sense))
