"""Reading an estate document from a file: its values, and where each of them stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import yaml
from yaml.composer import Composer
from yaml.resolver import Resolver

from controlplane.console.estate.problems import NOWHERE, Mistake, Places, Problems, Refused
from controlplane.foundation.documents.places import Place, place_of

try:
    from yaml._yaml import CParser
except ImportError:  # PyYAML was built without libyaml
    CParser = None  # type: ignore[assignment,misc]


class Written(dict[str, Any]):
    """A document that was read from a file. ``whole`` is all that it says, also where that is no document."""

    def __init__(self, whole: Any, places: Places, mistakes: list[Mistake]) -> None:
        super().__init__(whole if isinstance(whole, dict) else {})
        self.whole = whole
        self.places = places
        self.mistakes = mistakes


def read(path: Path) -> Written:
    """The document in a file; :class:`Refused` says why it cannot be read.

    Names that stand twice are kept among its ``mistakes``, to be told with all others.
    """
    try:
        text = path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise Refused([f"{path} cannot be read: {error}."]) from error
    return read_text(text, str(path))


def read_text(text: str, name: str) -> Written:
    """The same for a text; ``name`` is what its mistakes call it."""
    try:
        loader = _Loader(text)
    except yaml.YAMLError as error:
        raise Refused([f"{name} is not YAML: {str(error).splitlines()[0]}."]) from error
    return _document(loader, text, name)


def read_json(text: str, name: str) -> Written:
    """The same for JSON. Where its values stand is found as in YAML, where that can read it, too."""
    try:
        # The stricter of the two first: it knows neither NaN nor halves of characters.
        whole = json.loads(text) if text.strip() and orjson.loads(text) is not None else None
    except json.JSONDecodeError as error:
        raise _refusal(name, [Mistake(f"This is not JSON: {error.msg}.", (error.lineno, error.colno))]) from error
    except (RecursionError, ValueError) as error:
        raise Refused([f"{name} is not JSON: {error}."]) from error
    try:
        root = _quickly(text) if text.strip() else None
        mistakes = list(_twice(root)) if root is not None else []
    except RecursionError:
        root, mistakes = None, []
    return Written(whole, Places(name, root), mistakes)


def _document(loader: _Loader, text: str, file: str) -> Written:
    mistakes: list[Mistake] = []
    try:
        root = _quickly(text) or loader.get_single_node()
        if root is not None:
            mistakes += _twice(root)
        whole = loader.construct_document(root) if root is not None else None
        return Written(whole, Places(file, root), mistakes)
    except yaml.MarkedYAMLError as error:
        place = place_of(error.problem_mark) if error.problem_mark else NOWHERE
        raise _refusal(file, [*mistakes, Mistake(f"{error.problem}.", place)]) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise Refused([f"{file} is not YAML: {str(error).splitlines()[0]}."]) from error
    finally:
        loader.dispose()


def _refusal(file: str, mistakes: list[Mistake]) -> Refused:
    problems = Problems(Places(file, None))
    for mistake in mistakes:
        problems.take(mistake)
    return problems.refusal()


def _quickly(text: str) -> yaml.Node | None:
    """The nodes of a document, read by libyaml where it is there: ten times as fast.

    None where it is not, and for what it does not read: its words for that are not as good. It composes by recursion
    in C, which ends the process where nesting is deep; so it only parses here, and Python composes.
    """
    if CParser is None:
        return None
    try:
        root: yaml.Node | None = _Quick(text).get_single_node()
    except yaml.YAMLError:
        return None
    return root


class _Quick(*((Composer, CParser, Resolver) if CParser else (Composer, Resolver))):  # type: ignore[misc]
    """Parses in C, composes in Python."""

    def __init__(self, text: str) -> None:
        CParser.__init__(self, text)
        Composer.__init__(self)
        Resolver.__init__(self)


class _Loader(yaml.SafeLoader):
    """A safe loader; a value that is none, such as the thirtieth of February, says where it stands."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except ValueError as error:
            raise yaml.MarkedYAMLError(problem=f"{node.value!r}: {error}", problem_mark=node.start_mark) from error


def _twice(root: yaml.Node) -> Iterator[Mistake]:
    """Names that stand twice in one place: the first would be lost without a word."""
    waiting, seen = [root], {id(root)}
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.MappingNode):
            yield from (Mistake(f"{name!r} stands here twice.", place) for name, place in _repeated(node))
        inside = [part for pair in node.value for part in pair] if isinstance(node, yaml.MappingNode) else node.value
        for inner in inside if isinstance(node, yaml.CollectionNode) else ():
            if id(inner) not in seen:
                seen.add(id(inner))
                waiting.append(inner)


def _repeated(node: yaml.MappingNode) -> Iterator[tuple[str, Place]]:
    seen: set[str] = set()
    for key, _ in node.value:
        if isinstance(key, yaml.ScalarNode):
            if key.value in seen:
                yield key.value, place_of(key.start_mark)
            seen.add(key.value)
