"""What a mapping did, line by line: from which fields, by which rule, to what; and what it left out.

Pure. The lines are evaluated again on what was kept, and compared with what was sent: the same unless a
person edited the body. Values are masked by the caller's ``seen``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from controlplane.foundation.expressions import BadExpression, ExpressionFailed, expression
from controlplane.transactions.rules.flow import MappingLine

_ROOTS = "event|record|steps|transaction|type"
_STRING = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|//[^\n]*")
_PATH = re.compile(rf"(?<![\w.])(?:{_ROOTS})(?:\.[A-Za-z_]\w*)*(?![\w(])")
_PATH_BEFORE_CALL = re.compile(rf"(?<![\w.])((?:{_ROOTS})(?:\.[A-Za-z_]\w*)*)\.[A-Za-z_]\w*(?=\s*\()")
_CALL = re.compile(r"([A-Za-z_]\w*)\(\s*(.*?)\s*\)", re.DOTALL)
_MISSING = object()
LONGEST_RULE = 48


@dataclass(frozen=True, slots=True)
class Pair:
    """One line of a before-and-after table, in the words of the kit's ``{% mapping %}``.

    ``kind``: "" copied, "changed", "bad" (failed, or what the answer complains about) or "drop".
    """

    source: str
    before: Any
    rule: str
    target: str
    after: Any
    kind: str = ""
    masked: bool = False


@dataclass(frozen=True, slots=True)
class Sight:
    """How the viewer sees values: ``value`` masks one, ``hides`` says whether it had to."""

    value: Callable[[Any], Any]
    hides: Callable[[Any], bool]


OPEN = Sight(value=lambda value: value, hides=lambda _value: False)


def paths_in(source: str) -> list[str]:
    """The fields that an expression reads: ``lower(event.email)`` → ``event.email``; texts and comments aside."""
    plain = _STRING.sub(lambda found: " " * len(found.group()), source)
    found = [(match.start(), match.group()) for match in _PATH.finditer(plain)]
    found += [(match.start(), match.group(1)) for match in _PATH_BEFORE_CALL.finditer(plain)]
    return list(dict.fromkeys(path for _, path in sorted(found)))


def rule_of(source: str, paths: Sequence[str]) -> str:
    """An expression in a word or two: ``copy``, ``lower``, ``major 2``, ``constant``, or itself, shortened."""
    text = " ".join(source.split())
    if paths == [text]:
        return "copy"
    if not paths:
        return "constant"
    if (call := _CALL.fullmatch(text)) and call[2].startswith(paths[0]) and "(" not in call[2]:
        return f"{call[1]} {call[2].removeprefix(paths[0]).lstrip(', ')}".strip()
    return text if len(text) <= LONGEST_RULE else f"{text[: LONGEST_RULE - 1]}…"


def pairs(
    lines: Sequence[MappingLine],
    context: Mapping[str, Any],
    sent: Mapping[str, Any] | None,
    *,
    sight: Sight = OPEN,
    suspects: Collection[str] = (),
    whole: str = "event",
) -> list[Pair]:
    """A pair for each line, then one for each field of ``whole`` that no line reads.

    ``sent`` is the body that went out, None where it is not kept; ``suspects`` are words of a refusal: a
    target that one of them names is marked.
    """
    found = [_pair(line, context, sent, sight, suspects) for line in lines]
    return found + list(_dropped(lines, context, sight, whole))


def leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every field of a document with its dotted path; lists are one value."""
    if isinstance(value, Mapping) and value:
        for name, child in value.items():
            yield from leaves(child, f"{path}.{name}")
    else:
        yield path, value


def readers(lines: Sequence[MappingLine], path: str) -> list[str]:
    """The targets of the lines that read the field ``path``, or something it is part of."""
    return [line.target for line in lines if any(_covers(read, path) for read in paths_in(line.expression))]


def at(document: Any, path: str) -> Any:
    """The value at a dotted path; None where there is none."""
    found = _at(document, path.split("."))
    return None if found is _MISSING else found


def _pair(
    line: MappingLine,
    context: Mapping[str, Any],
    sent: Mapping[str, Any] | None,
    sight: Sight,
    suspects: Collection[str],
) -> Pair:
    paths = paths_in(line.expression)
    values = [at(context, path) for path in paths]
    before = values[0] if len(values) == 1 else values
    rule, kind = rule_of(line.expression, paths), ""
    try:
        result = expression(line.expression).evaluate(context)
        kind = "" if rule == "copy" else "changed"
    except (ExpressionFailed, BadExpression) as error:
        result, kind = None, "bad"
        rule = error.reason if isinstance(error, ExpressionFailed) else error.detail
    after = at(sent, line.target) if sent is not None else result
    if sent is not None and kind != "bad" and after != result:
        rule, kind = f"{rule}, sent otherwise", "changed"
    if _complained_of(line.target, suspects):
        kind = "bad"
    hidden = sight.hides(before) or sight.hides(after)
    return Pair(", ".join(paths), sight.value(before), rule, line.target, sight.value(after), kind, hidden)


def _dropped(lines: Sequence[MappingLine], context: Mapping[str, Any], sight: Sight, whole: str) -> Iterator[Pair]:
    for path, value in leaves(context.get(whole) or {}, whole):
        if path != whole and not readers(lines, path):
            yield Pair(path, sight.value(value), "left out", "", None, "drop", sight.hides(value))


def _covers(read: str, path: str) -> bool:
    return path == read or path.startswith(f"{read}.") or read.startswith(f"{path}.")


def _complained_of(target: str, suspects: Collection[str]) -> bool:
    leaf = target.rpartition(".")[2].lower()
    return len(leaf) > 2 and any(word in {leaf, target.lower()} for word in suspects)  # noqa: PLR2004 - "id" is everywhere


def _at(document: Any, path: Sequence[str]) -> Any:
    for name in path:
        if not isinstance(document, Mapping) or name not in document:
            return _MISSING
        document = document[name]
    return document
