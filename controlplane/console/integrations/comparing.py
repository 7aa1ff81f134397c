"""What differs between two environments of one integration: two parts of an estate document, laid beside each other.

:func:`compared` is pure. It shows all of both; what is taken along by a promotion is less, and is told by the plan of
its document (:mod:`controlplane.console.promotion`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from controlplane.console.estate.narrowing import Document

#: What an integration has of its own besides its fields, in the order in which it is read.
PARTS: Final = ("integrations", "endpoints", "normalisations", "contracts", "mappings", "destinations", "flows", "jobs")
#: What is another in every environment, or is said by where the part stands.
APART: Final = frozenset({"environment", "integration", "family"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that is another: ``here`` and ``there`` are None where there is none."""

    part: str
    field: str
    here: Any
    there: Any


def part_of(document: Document, slug: str) -> Document:
    """What of a document one integration is: itself, what belongs to it, and what these agree on and write to."""
    own = {"integrations": {slug: document["integrations"][slug]}}
    for section in ("endpoints", "mappings", "flows", "jobs"):
        own[section] = {
            name: entry for name, entry in document.get(section, {}).items() if entry.get("integration") == slug
        }
    doors = {entry["interface"] for entry in own["endpoints"].values()} | {own["integrations"][slug].get("source")}
    own["normalisations"] = {
        name: entry for name, entry in document.get("normalisations", {}).items() if entry["interface"] in doors
    }
    steps = [step for flow in own["flows"].values() for step in flow.get("steps", ())]
    used = {
        "contracts": {entry.get("contract") for entry in own["normalisations"].values()},
        "destinations": {step.get("destination") for step in steps},
    }
    for section, names in used.items():
        own[section] = {name: entry for name, entry in document.get(section, {}).items() if name in names}
    return own


def compared(here: Document, there: Document) -> list[Difference]:
    """Every value that differs, part by part.

    Entries of a section are paired by their names; where each has one only, these two, whatever they are called.
    """
    found: list[Difference] = []
    for section in PARTS:
        for name, one, other in _pairs(here.get(section, {}), there.get(section, {})):
            found += (
                Difference(f"{section}: {name}", field, before, after) for field, before, after in _fields(one, other)
            )
    return found


def _pairs(here: Mapping[str, Any], there: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    if len(here) == len(there) == 1:
        (name, one), (_, other) = next(iter(here.items())), next(iter(there.items()))
        yield name, one, other
        return
    for name in sorted({*here, *there}):
        yield name, here.get(name), there.get(name)


def _fields(one: Any, other: Any) -> Iterator[tuple[str, Any, Any]]:
    if one is None or other is None:
        yield "", None if one is None else "there", None if other is None else "there"
        return
    for name in sorted({*one, *other} - APART):
        yield from _inside(name, one.get(name), other.get(name))


def _inside(name: str, one: Any, other: Any) -> Iterator[tuple[str, Any, Any]]:
    """The smallest parts that differ."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in {**one, **other}:
            yield from _inside(f"{name}.{key}", one.get(key), other.get(key))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, (left, right) in enumerate(zip(one, other, strict=True), 1):
            yield from _inside(f"{name}.{number}", left, right)
    elif one != other:
        yield name, one, other
