"""What the word that is being typed could become: a field by its beginning, or a value of the field before the colon.

Only what everybody may know is offered, fields and names of the catalogue: never an id or a key of somebody's record.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from controlplane.transactions.models import Route
from controlplane.transactions.search import names
from controlplane.transactions.search.fields import BY_NAME, FIELDS, Shape, key_fields
from controlplane.transactions.search.grammar import MAX_LENGTH, pieces
from controlplane.transactions.search.query import render_value, word
from controlplane.transactions.search.stewards import stewards

#: So many are offered; more are found by typing on.
MOST = 8
#: Letters that are looked for in the middle of names, too.
MIDDLE = 3


@dataclass(frozen=True, slots=True)
class Completion:
    """``text`` is all that was typed, its last word completed; ``label`` is that word, ``meaning`` says more of it."""

    text: str
    label: str
    meaning: str = ""


def completions(text: str, kinds: Collection[str]) -> tuple[Completion, ...]:
    """What the last word of ``text`` could become; ``kinds`` are the slugs of business keys."""
    if not text.strip() or text[-1].isspace() or len(text) > MAX_LENGTH:
        return ()
    last = pieces(text)[-1]
    before, sign = text[: last.span.start], "-" if last.text.startswith("-") else ""
    name, colon, rest = last.text.removeprefix("-").partition(":")
    if not colon:
        fields = _fields(name.lower(), kinds)
        return tuple(Completion(f"{before}{sign}{field}:", f"{field}:", meaning) for field, meaning in fields)
    done, comma, begun = rest.rpartition(",")
    start = f"{sign}{name}:{done}{comma}"
    return tuple(
        Completion(f"{before}{start}{value} ", value) for value in _values(name.lower(), begun.strip('"').lower())
    )


def _fields(begun: str, kinds: Collection[str]) -> list[tuple[str, str]]:
    if not begun:
        return []
    keys = [(field, f"the id of {_article(kind)} in any system") for field, kind in key_fields(kinds).items()]
    known = [*keys, *((field.name, field.meaning) for field in FIELDS)]
    return [pair for pair in known if pair[0].startswith(begun)][:MOST]


def _article(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind.replace('-', ' ')}"


def _values(name: str, begun: str) -> list[str]:
    field = BY_NAME.get(name)
    if field is None:
        return []
    known = _KNOWN[name]() if name in _KNOWN else field.choices or _MOMENTS.get(field.shape, ())
    return [render_value(word(one)) for one in _fitting(known, begun)]


def _fitting(known: Iterable[str], begun: str) -> list[str]:
    """Those that begin so, then those that have so much of it in their middle; none that is there already."""
    found = sorted({one for one in known if begun in one.lower() and one.lower() != begun})
    first = [one for one in found if one.lower().startswith(begun)]
    others = [one for one in found if one not in first] if len(begun) >= MIDDLE else []
    return [*first, *others][:MOST]


def _types() -> Iterable[str]:
    return Route.objects.values_list("event_type", flat=True).distinct()


def _stewards() -> Iterable[str]:
    """By their names and what is before the @ of their addresses."""
    return (called for called in stewards() if "@" not in called)


_KNOWN: Final[Mapping[str, Callable[[], Iterable[str]]]] = MappingProxyType(
    {
        "system": names.instances,
        "integration": names.integrations,
        "environment": names.environments,
        "flow": names.flows,
        "process": names.processes,
        "owner": names.owners,
        "steward": _stewards,
        "contract": names.contracts,
        "step": names.steps,
        "type": _types,
    }
)
_MOMENTS: Final[Mapping[Shape, tuple[str, ...]]] = MappingProxyType(
    {
        Shape.MOMENT: ("15m", "1h", "24h", "7d", "30d", "today", "yesterday", "monday"),
        Shape.DAY: ("today", "yesterday", "monday"),
    }
)
