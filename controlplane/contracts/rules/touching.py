"""Whether a finding touches somebody who uses only some fields of a record.

Findings name places for people (``lines[].price``), those who use fields name them by JSON Pointers
(``/lines/*/price``). Where nobody can tell whether the two meet, they do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import unquote

from controlplane.contracts.rules.judging import Finding
from controlplane.contracts.rules.rule import Side
from controlplane.foundation.pointers import segments, unescaped
from controlplane.governance.rules.changed import Level

#: They ask for something that was not asked for: who sends does not name it among what they use.
ASKS_FOR_MORE: Final = frozenset({"required-added", "required-property-added", "dependent-required-added"})
#: Words that stand beside names in a place: ``payment (card).pan``.
_ASIDE: Final = re.compile(r"\s*\([^()]*\)")
_TOKEN: Final = re.compile(r"\[\d*\]|[^.\[\]]+")
#: Any member or item.
_ANY: Final = "*"
_COMBINED: Final = ("allOf", "anyOf", "oneOf")
_CONDITIONAL: Final = ("if", "then", "else")
#: Schemas that are looked at for one pointer; more than this has no end.
_MOST: Final = 500


def hurts(finding: Finding, sides: Iterable[Side]) -> bool:
    """Whether it is breaking or risky for any of these."""
    return any(finding.of(side) is not Level.SAFE for side in sides)


def touches(finding: Finding, fields: Sequence[str], sides: Sequence[Side]) -> bool:
    """Whether it touches who uses these fields (none: all of them) on these sides."""
    concerned = [side for side in sides if finding.of(side) is not Level.SAFE]
    if not concerned:
        return False
    if not fields or (Side.WRITERS in concerned and finding.rule in ASKS_FOR_MORE):
        return True
    place = _tokens(finding.path)
    return place is None or any(_meet(_pointed(field), place) for field in fields)


def _tokens(path: str) -> list[str] | None:
    """The names in a place, as far as they are names; None where that cannot be told."""
    while (plain := _ASIDE.sub("", path)) != path:
        path = plain
    if "(" in path or ")" in path:
        return None
    # What stands for any name, or for those that fit a pattern, may be any of the members there.
    known = re.split(r"[/*]", path, maxsplit=1)[0]
    return _TOKEN.findall(known if known == path else known.rpartition(".")[0])


def _pointed(pointer: str) -> list[str]:
    """The same of a pointer; names that have dots or brackets fall apart as they do in a place."""
    found: list[str] = []
    for segment in segments(pointer):
        if segment == _ANY or segment.isdecimal():
            found.append(_ANY)
        else:
            found += _TOKEN.findall(_ASIDE.sub("", segment)) or [_ANY]
    return found


def _meet(pointer: Sequence[str], place: Sequence[str]) -> bool:
    """Whether one leads to the other, or further. Who writes ``/lines/price`` means the price of each line."""
    at = 0
    for token in pointer:
        while at < len(place) and token != _ANY and place[at].startswith("["):
            at += 1
        if at == len(place):
            return True
        if token not in {place[at], _ANY}:
            return False
        at += 1
    return True


def describes(document: Any, pointer: str) -> bool:
    """Whether a JSON Schema says anything of what the pointer names."""
    found = [document]
    for segment in segments(pointer):
        found = [inner for node in _whole(document, found) for inner in _inner(node, segment)]
        if not found:
            return False
    return True


def _whole(document: Any, nodes: Sequence[Any]) -> list[Mapping[str, Any]]:
    """These schemas with all that they refer to and are put together from."""
    seen: list[Mapping[str, Any]] = []
    ahead = list(nodes)
    while ahead and len(seen) < _MOST:
        node = ahead.pop()
        if isinstance(node, Mapping) and not any(node is one for one in seen):
            seen.append(node)
            ahead += _parts(document, node)
    return seen


def _parts(document: Any, node: Mapping[str, Any]) -> Iterator[Any]:
    reference = node.get("$ref")
    if isinstance(reference, str) and reference.startswith("#"):
        yield _referred(document, reference)
    for word in _COMBINED:
        listed = node.get(word)
        yield from listed if isinstance(listed, list) else ()
    for word in _CONDITIONAL:
        yield node.get(word)


def _referred(document: Any, reference: str) -> Any:
    for part in reference.removeprefix("#").split("/")[1:]:
        name = unescaped(unquote(part))
        document = document.get(name) if isinstance(document, Mapping) else None
    return document


def _inner(node: Mapping[str, Any], segment: str) -> Iterator[Any]:
    """What the schema says of that member, or of items."""
    properties = node.get("properties")
    members = properties if isinstance(properties, Mapping) else {}
    if segment in members:
        yield members[segment]
    elif segment == _ANY:
        yield from members.values()
    if segment == _ANY or segment.isdecimal():
        for word in ("items", "prefixItems"):
            listed = node.get(word)
            yield from listed if isinstance(listed, list) else [listed] if isinstance(listed, Mapping) else ()
    for word in ("additionalProperties", "patternProperties"):
        others = node.get(word)
        if isinstance(others, Mapping) and segment not in members:
            yield from others.values() if word == "patternProperties" else [others]
