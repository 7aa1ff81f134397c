"""Where the parts of a document stand in its file: looked up only when there is something to say of them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Final, TypeAlias

import yaml

Path: TypeAlias = tuple[str | int, ...]
#: Line and column, as editors count them.
Place: TypeAlias = tuple[int, int]
_SPACE: Final = re.compile(r"[ \t\r\n]*")
_DECODER: Final = json.JSONDecoder()


def place_of(mark: yaml.error.Mark) -> Place:
    """As editors count: from one."""
    return mark.line + 1, mark.column + 1


class YamlPlaces:
    """By the nodes that were composed: a name where it stands, an item where it begins."""

    def __init__(self, roots: Sequence[yaml.Node], *, is_inside: bool = False) -> None:
        self._roots = roots
        self._is_inside = is_inside

    def inside(self) -> YamlPlaces:
        """The same for the one document of a file."""
        return YamlPlaces(self._roots, is_inside=True)

    def of(self, path: Path) -> Place:
        """Line and column of the part; of the nearest thing around it, where it is not there itself."""
        number, rest = (0, path) if self._is_inside else (_index(path), path[1:])
        if number >= len(self._roots):
            return 1, 1
        node = self._roots[number]
        place = place_of(node.start_mark)
        for part in rest:
            found = _within(node, part)
            if found is None:
                break
            at, node = found
            place = place_of(at.start_mark)
        return place


def _index(path: Path) -> int:
    return path[0] if path and isinstance(path[0], int) else 0


def _within(node: yaml.Node, part: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == part), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part]
    return None


class JsonPlaces:
    """By walking along the text: what is passed over is read by the C scanner, quickly enough for a little asking."""

    def __init__(self, text: str, *, is_list: bool = False) -> None:
        self._text = text
        self._is_list = is_list

    def inside(self) -> JsonPlaces:
        """The same for the one document of a file."""
        return JsonPlaces(self._text)

    def of(self, path: Path) -> Place:
        """Line and column of the part; of the nearest thing around it, where it is not there itself."""
        at = place = self._skip(0)
        for part in path[1:] if self._is_list else path:
            found = self._within(at, part)
            if found is None:
                break
            place, at = found
        before = self._text[:place]
        return before.count("\n") + 1, place - before.rfind("\n")

    def _within(self, at: int, part: str | int) -> tuple[int, int] | None:
        """Where the name of the part stands, and its value."""
        is_object = self._text[at] == "{"
        if self._text[at] not in "{[":
            return None
        at, number = self._skip(at + 1), 0
        while self._text[at] not in "}]":
            place, name = at, number
            if is_object:
                name, at = _DECODER.raw_decode(self._text, at)
                at = self._skip(self._skip(at) + 1)
            if name == part:
                return place, at
            _, at = _DECODER.raw_decode(self._text, at)
            at, number = self._skip(at), number + 1
            if self._text[at] == ",":
                at = self._skip(at + 1)
        return None

    def _skip(self, at: int) -> int:
        found = _SPACE.match(self._text, at)
        return found.end() if found else at
