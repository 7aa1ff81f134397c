"""Reading a document that somebody else wrote: JSON or YAML, of a bounded size, with where each of its parts stands.

YAML is read by the core schema of 1.2, as OpenAPI and Backstage ask for: ``no`` and ``2024-01-01`` are text. Aliases
are followed, and what they would make of a document is counted before anything is made.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import yaml
from yaml.composer import Composer
from yaml.resolver import Resolver

from controlplane.foundation.documents.objects import UNKEPT, repeated
from controlplane.foundation.documents.places import JsonPlaces, Path, Place, YamlPlaces, place_of
from controlplane.foundation.errors import Invalid

try:
    from yaml._yaml import CParser
except ImportError:  # PyYAML was built without libyaml
    CParser = None  # type: ignore[assignment,misc]

MOST_BYTES: Final = 20 * 1024 * 1024
#: Of YAML, which costs far more to read than JSON: about ten megabytes, about ten seconds.
MOST_NODES: Final = 500_000
#: With every alias written out.
MOST_VALUES: Final = 2_000_000
DEEPEST: Final = 200
TOO_DEEP: Final = f"It is nested deeper than {DEEPEST} levels."
_ESCAPED: Final = re.compile(r"\\u(0000|d[89a-f])", re.IGNORECASE)
_INTEGER: Final = re.compile(r"[-+]?[0-9]{1,18}|0o[0-7]{1,20}|0x[0-9a-fA-F]{1,15}")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")
_WORDS: Final[Mapping[str, Any]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


class Unreadable(Invalid):
    """A file that is no document, or too much of one. ``place`` is where, if that is known; the words say it, too."""

    def __init__(self, words: str, place: Place | None = None) -> None:
        line, column = place or (None, None)
        super().__init__(words, problems=[{"message": words, "line": line, "column": column}])
        self.place = place


@dataclass(frozen=True, slots=True)
class Source:
    """A document that was read: its value, and where its parts stand in the file."""

    file: str
    value: Any
    places: JsonPlaces | YamlPlaces

    def sentence(self, words: str, at: Path) -> str:
        """What is wrong, with where it stands, as compilers write it."""
        return _at(self.file, self.places.of(at), words)


def _at(file: str, place: Place, words: str) -> str:
    line, column = place
    return f"{file}:{line}:{column}: {words}"


def read(content: bytes, file: str, most_bytes: int = MOST_BYTES) -> Source:
    """The one document in a file; :class:`Unreadable` says why it cannot be read."""
    source = read_all(content, file, most_bytes)
    if len(source.value) != 1:
        raise Unreadable(f"{file}: this takes one document; there are {len(source.value)} in it.")
    return Source(file, source.value[0], source.places.inside())


def read_all(content: bytes, file: str, most_bytes: int = MOST_BYTES) -> Source:
    """All documents in a file, as a list: YAML may hold several."""
    if len(content) > most_bytes:
        raise Unreadable(f"{file} has {len(content):,} bytes; {most_bytes:,} are read at most.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"{file} is not text in UTF-8: byte {error.start + 1} is none.") from error
    try:
        return _json(text, file) if text.lstrip()[:1] in {"{", "["} else _yaml(text, file)
    except RecursionError as error:
        raise Unreadable(f"{file}: {TOO_DEEP}") from error


def _json(text: str, file: str) -> Source:
    if found := _ESCAPED.search(text):
        _check_escape(text, file, found)
    try:
        value = json.loads(
            text, object_pairs_hook=_once, parse_constant=_no_number, parse_int=_whole, parse_float=_finite
        )
    except json.JSONDecodeError as error:
        if text.lstrip()[0] == "{" and (source := _flow_yaml(text, file)) is not None:
            return source
        place = error.lineno, error.colno
        raise Unreadable(_at(file, place, f"this is not JSON: {error.msg}."), place) from error
    except _WrongValue as error:
        raise Unreadable(f"{file}: {error}") from error
    _check_depth(value, file)
    return Source(file, [value], JsonPlaces(text, is_list=True))


def _check_depth(value: Any, file: str) -> None:
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for one in level for inner in _inside(one) if isinstance(inner, (dict, list))]
        if not level:
            return
    raise Unreadable(f"{file}: {TOO_DEEP}")


def _inside(value: Any) -> Sequence[Any]:
    return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else ()


def _flow_yaml(text: str, file: str) -> Source | None:
    """YAML may begin with a brace as well; None where it is none either: JSON's words are then the better ones."""
    try:
        return _yaml(text, file)
    except Unreadable:
        return None


class _WrongValue(ValueError):
    """A value that cannot be kept."""


def _check_escape(text: str, file: str, found: re.Match[str]) -> None:
    """Zeros and halves of pairs; a whole pair is a character like any other, so only the parsed text can tell."""
    if found.group(1) == "0000" or UNKEPT.search(_unescaped(text)):
        line = text.count("\n", 0, found.start()) + 1
        column = found.start() - text.rfind("\n", 0, found.start())
        place = line, column
        raise Unreadable(_at(file, place, f"this character cannot be kept: {found.group()}…"), place)


def _unescaped(text: str) -> str:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except ValueError:
        return ""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if (twice := repeated(name for name, _ in pairs)) is not None:
        raise _WrongValue(f"{twice!r} stands twice in one object.")
    return dict(pairs)


def _no_number(word: str) -> Any:
    raise _WrongValue(f"{word} is no number in JSON.")


def _whole(text: str) -> int | float:
    return int(text) if len(text) < 20 else float(text)  # noqa: PLR2004 - longer than any 64-bit number


def _finite(text: str) -> float:
    if math.isinf(number := float(text)):
        raise _WrongValue(f"{text[:40]} is larger than numbers are.")
    return number


class _Counted(Exception):
    """More nodes than are read."""


class _Quick(*((Composer, CParser, Resolver) if CParser else (Composer, Resolver))):  # type: ignore[misc]
    """Parses in C, composes in Python: C would compose by a recursion that nothing bounds."""

    def __init__(self, text: str) -> None:
        CParser.__init__(self, text)
        Composer.__init__(self)
        Resolver.__init__(self)
        self.nodes = self.depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """One node more, one level deeper."""
        self.nodes, self.depth = self.nodes + 1, self.depth + 1
        if self.nodes > MOST_NODES:
            raise _Counted(f"There are more than {MOST_NODES:,} values in it; as JSON it may be larger.")
        if self.depth > DEEPEST:
            raise _Counted(TOO_DEEP)
        node: yaml.Node | None = super().compose_node(parent, index)
        self.depth -= 1
        return node


class _Slow(yaml.SafeLoader):
    """The same without libyaml."""

    nodes = depth = 0
    compose_node = _Quick.compose_node


def _yaml(text: str, file: str) -> Source:
    try:
        loader = (_Quick if CParser is not None else _Slow)(text)
        roots: list[Any] = []
        while loader.check_node():
            roots.append(loader.get_node())
        building = _Building()
        values = [building.value(root) for root in roots]
    except yaml.MarkedYAMLError as error:
        place = place_of(error.problem_mark) if error.problem_mark else (1, 1)
        raise Unreadable(_at(file, place, f"this is not YAML: {error.problem}."), place) from error
    except (yaml.YAMLError, _Counted) as error:
        raise Unreadable(f"{file}: {str(error).splitlines()[0]}") from error
    pairs = [(root, value) for root, value in zip(roots, values, strict=True) if value is not None]
    return Source(file, [value for _, value in pairs], YamlPlaces([root for root, _ in pairs]))


class _Building:
    """Values of nodes. What aliases share is made once; what they would be if written out is counted."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[Any, int]] = {}
        self._open: set[int] = set()

    def value(self, node: yaml.Node) -> Any:
        """The value of a node."""
        return self._of(node)[0]

    def _of(self, node: yaml.Node) -> tuple[Any, int]:
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node), 1
        if (made := self._made.get(id(node))) is not None:
            return made
        if id(node) in self._open:
            raise _wrong(node, "this holds itself")
        self._open.add(id(node))
        made = self._mapping(node) if isinstance(node, yaml.MappingNode) else self._sequence(node)
        if made[1] > MOST_VALUES:
            raise _wrong(node, f"with its aliases written out this has more than {MOST_VALUES:,} values")
        self._open.discard(id(node))
        self._made[id(node)] = made
        return made

    def _sequence(self, node: yaml.Node) -> tuple[list[Any], int]:
        parts = [self._of(inner) for inner in node.value]
        return [value for value, _ in parts], 1 + sum(size for _, size in parts)

    def _mapping(self, node: yaml.Node) -> tuple[dict[str, Any], int]:
        found: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        total = 1
        for key, inner in node.value:
            name, (value, size) = _name(key), self._of(inner)
            total += size
            if name == "<<" and not key.style:
                for one in reversed(value if isinstance(value, list) else [value]):
                    merged |= one if isinstance(one, dict) else {}
            elif name in found:
                raise _wrong(key, f"{name!r} stands here twice")
            else:
                found[name] = value
        return {**merged, **found}, total


def _name(key: yaml.Node) -> str:
    if not isinstance(key, yaml.ScalarNode):
        raise _wrong(key, "a name is text")
    return str(_kept(key))


def _scalar(node: yaml.ScalarNode) -> Any:
    text = _kept(node)
    if node.style:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text, 0 if text[:2] in {"0o", "0x"} else 10)
    return number if _FLOAT.fullmatch(text) and math.isfinite(number := float(text)) else text


def _kept(node: yaml.ScalarNode) -> str:
    text = str(node.value)
    if UNKEPT.search(text):
        raise _wrong(node, "this has a character that cannot be kept")
    return text


def _wrong(node: yaml.Node, words: str) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=words, problem_mark=node.start_mark)
