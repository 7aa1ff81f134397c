"""Parameters: those of a path count for all its operations, unless one has its own.

Source: https://spec.openapis.org/oas/v3.1.1.html#parameter-object.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from controlplane.contracts.diff.facts import Sense, What
from controlplane.contracts.diff.nodes import Document
from controlplane.contracts.diff.openapi import content
from controlplane.contracts.diff.openapi.templates import names_in
from controlplane.contracts.diff.openapi.walk import Spot, Walk, refers, resolved

if TYPE_CHECKING:
    from controlplane.contracts.diff.openapi.operations import Operation

#: Where it goes and its name; in a path, which of the path's it is.
Key: TypeAlias = tuple[str, str]
_STYLES: Final = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}
#: Descriptions of these headers are to be ignored, says the specification.
_NO_PARAMETERS: Final = frozenset({"accept", "content-type", "authorization"})
_KNOWN: Final = frozenset(
    {
        *("name", "in", "description", "required", "deprecated", "allowEmptyValue", "style", "explode"),
        *("allowReserved", "schema", "content", "example", "examples"),
    }
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter where it is used; ``written`` is a reference, or itself."""

    place: str
    name: str
    parts: Mapping[str, Any]
    written: Any

    @property
    def required(self) -> bool:
        """Whether no call goes without it."""
        return self.place == "path" or self.parts.get("required") is True

    @property
    def style(self) -> str:
        """How it is written where it goes."""
        return str(self.parts.get("style") or _STYLES.get(self.place, ""))

    @property
    def exploded(self) -> bool:
        """Whether each value of a list, or member of an object, stands by itself."""
        exploded = self.parts.get("explode")
        return exploded if isinstance(exploded, bool) else self.style == "form"


def compare(walk: Walk, old: Operation, new: Operation, spot: Spot) -> None:
    """Facts of all parameters of an operation."""
    before, lost_old = _of(walk.old, old)
    after, lost_new = _of(walk.new, new)
    for reference in sorted(lost_old | lost_new):
        here = [reference if reference in lost else None for lost in (lost_old, lost_new)]
        walk.found(What.UNRESOLVED, spot.at("parameters"), *here, sense=Sense.EITHER)
    _malformed(walk, old, new, spot)
    moved = _moved(before, after)
    for key, parameter in before.items():
        if key in after or key in moved:
            _compare(walk, parameter, after[moved.get(key, key)], spot)
        else:
            _gone(walk, parameter, spot)
    for key, parameter in after.items():
        if key not in before and key not in moved.values():
            _come(walk, parameter, spot)


def _of(document: Document, operation: Operation) -> tuple[dict[Key, Parameter], set[str]]:
    """Its parameters, and the references that lead to none. What the operation says comes before what the path does."""
    in_path = names_in(operation.template)
    found: dict[Key, Parameter] = {}
    lost: set[str] = set()
    for level in (operation.item, operation.parts):
        listed = level.get("parameters")
        for written in listed if isinstance(listed, list) else []:
            parts, reference = resolved(document, written)
            if reference:
                lost.add(reference)
                continue
            parameter = Parameter(str(parts.get("in", "")), str(parts.get("name", "")), parts, written)
            if not (parameter.place == "header" and parameter.name.lower() in _NO_PARAMETERS):
                found[_key(parameter, in_path)] = parameter
    return found, lost


def _key(parameter: Parameter, in_path: tuple[str, ...]) -> Key:
    if parameter.place == "path" and parameter.name in in_path:
        return "path", str(in_path.index(parameter.name))
    return parameter.place, parameter.name.lower() if parameter.place == "header" else parameter.name


def _malformed(walk: Walk, old: Operation, new: Operation, spot: Spot) -> None:
    for was, now in ((old.item, new.item), (old.parts, new.parts)):
        walk.lists(was, now, "parameters", spot)


def _moved(old: Mapping[Key, Parameter], new: Mapping[Key, Parameter]) -> dict[Key, Key]:
    """What has the same name at another place now; out of a path or into one, and it is another path."""
    come = {one.name.lower(): key for key, one in new.items() if key not in old and key[0] != "path"}
    gone = {key: one.name.lower() for key, one in old.items() if key not in new and key[0] != "path"}
    return {key: come[name] for key, name in gone.items() if name in come and come[name][0] != key[0]}


def _named(parameter: Parameter) -> str:
    return f"{parameter.place} parameter {parameter.name}"


def _gone(walk: Walk, parameter: Parameter, spot: Spot) -> None:
    here = spot.at(_named(parameter))
    if parameter.place == "path":
        # The path has it still, or it would be another path: only what it may be is not described any more.
        walk.schemas(parameter.parts, {}, here)
        return
    walk.found(What.PARAMETER_REMOVED, here, parameter.required, None, name=parameter.name)


def _come(walk: Walk, parameter: Parameter, spot: Spot) -> None:
    here = spot.at(_named(parameter))
    if parameter.place == "path":
        walk.schemas({}, parameter.parts, here)
        return
    walk.found(What.PARAMETER_ADDED, here, None, parameter.required, name=parameter.name)


def _compare(walk: Walk, old: Parameter, new: Parameter, spot: Spot) -> None:
    here = spot.at(_named(new))
    if old.place != new.place:
        walk.found(What.PARAMETER_MOVED, here, old.place, new.place, name=new.name)
    elif (refers(old.written) or refers(new.written)) and not walk.once(old.parts, new.parts, here, "parameter"):
        return
    if old.required != new.required:
        walk.found(What.PARAMETER_REQUIRED, here, old.required, new.required, name=new.name)
    _written(walk, old, new, here)
    content.compare_schema_or_content(walk, old.parts, new.parts, here)
    walk.said(old.parts, new.parts, here)
    walk.beside(old.parts, new.parts, _KNOWN, here)


def _written(walk: Walk, old: Parameter, new: Parameter, spot: Spot) -> None:
    """How its value is put where it goes."""
    was, now = (old.style, old.exploded), (new.style, new.exploded)
    if was != now and old.place == new.place and "content" not in old.parts and "content" not in new.parts:
        nodes = (
            walk.old.node(old.parts.get("schema", True), spot.where),
            walk.new.node(new.parts.get("schema", True), spot.where),
        )
        walk.found(What.PARAMETER_STYLE, spot, was, now, before=nodes[0], after=nodes[1])
    for keyword, what in (("allowReserved", What.PARAMETER_RESERVED), ("allowEmptyValue", What.PARAMETER_EMPTY)):
        before, after = old.parts.get(keyword) is True, new.parts.get(keyword) is True
        if before != after:
            walk.found(what, spot, before, after, name=new.name)
