"""JSON Pointers (RFC 6901) into parsed documents: which fields are personal, secret, or to be dropped.

One addition: a segment ``*`` stands for every element of a list and every member of an object.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from controlplane.foundation.errors import Invalid

#: An array index as RFC 6901 section 4 has it: no leading zeros, nothing but ASCII digits.
_INDEX = re.compile(r"0|[1-9][0-9]{0,9}", re.ASCII)


def segments(pointer: str) -> list[str]:
    """The unescaped segments of ``/a/b~1c``; "" is the whole document. :class:`Invalid` for what is no pointer."""
    if pointer and not pointer.startswith("/"):
        raise Invalid(f"A JSON Pointer begins with a slash; {pointer!r} does not.")
    return [unescaped(part) for part in pointer.split("/")[1:]]


def unescaped(segment: str) -> str:
    """The name that one segment of a pointer stands for."""
    return segment.replace("~1", "/").replace("~0", "~")


def escaped(name: str) -> str:
    """A name as one segment of a pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def without(document: Any, pointers: Iterable[str]) -> Any:
    """A copy of ``document`` that lacks what the pointers name; what is not there is no error.

    All pointers are read against the document as it is: taking one element out of a list does not
    make the next pointer mean its neighbour.
    """
    return _pruned(document, [segments(pointer) for pointer in pointers])


def _pruned(node: Any, paths: Sequence[Sequence[str]]) -> Any:
    if any(not path for path in paths):
        return None
    if not paths or not isinstance(node, dict | list):
        return node
    if isinstance(node, dict):
        return {key: _pruned(value, _below(paths, key)) for key, value in node.items() if not _ends_at(paths, key)}
    return [
        _pruned(value, _below(paths, str(index))) for index, value in enumerate(node) if not _ends_at(paths, str(index))
    ]


def _below(paths: Sequence[Sequence[str]], key: str) -> list[Sequence[str]]:
    return [path[1:] for path in paths if path[0] in (key, "*")]


def _ends_at(paths: Sequence[Sequence[str]], key: str) -> bool:
    return any(len(path) == 1 and path[0] in (key, "*") for path in paths)


def values(document: Any, pointer: str) -> Iterator[Any]:
    """Every value that ``pointer`` names in ``document``."""
    nodes = [document]
    for head in segments(pointer):
        nodes = [child for node in nodes for child in _children(node, head)]
    yield from nodes


def _children(node: Any, head: str) -> Iterator[Any]:
    if isinstance(node, dict):
        yield from node.values() if head == "*" else ([node[head]] if head in node else [])
    elif isinstance(node, list):
        if head == "*":
            yield from node
        elif _INDEX.fullmatch(head) and int(head) < len(node):
            yield node[int(head)]
