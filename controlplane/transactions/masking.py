"""Personal values on pages, masked by role: their shape stays, so that a mistake in them can still be seen.

A contract version names personal fields of the vendor's record as JSON Pointers. Their values are masked
where the record is shown, and wherever the same value turns up again: in the received envelope, in a
mapping, in what was sent and answered, in an error message, whatever case it has there. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from controlplane.foundation import pointers
from controlplane.transactions.rules.quoted import APOSTROPHE, QUOTED

DOTS = "••••"
#: The patterns without an underscore are the search's as well, which leaves out in SQL what is hidden here.
IN_ADDRESS = r"[^\s@<>\"'(),;:]"
#: It begins where nothing of an address is before it: tried at every letter of a long word, it would take hours.
_EMAIL = re.compile(rf"(?<!{IN_ADDRESS}){IN_ADDRESS}+@{IN_ADDRESS}+\.{IN_ADDRESS}+")
#: Shorter values are masked only where they stand alone: "AT" is in too many words.
_SHORTEST_INSIDE = 4
_WORD = re.compile(r"\w+", re.UNICODE)


def shape(text: str) -> str:
    """``office@brandt.example`` → ``o••••@brandt.example``; ``Brandt GmbH`` → ``B•••• G••••``; digits vanish whole."""
    name, at, domain = text.partition("@")
    if at and name and domain and " " not in text:
        return f"{name[0]}{DOTS}@{domain}"
    return _WORD.sub(_word_shape, text)


def without_addresses(text: str) -> str:
    """``text`` with e-mail addresses in their shape: for one-line reasons, whose bodies are not at hand."""
    return _EMAIL.sub(lambda found: shape(found.group()), text)


#: Of any country, and as they are dialled within one.
TELEPHONE = r"\+\d[\d ()/.-]{5,}\d|(?<![\w.-])0[1-9][\d ()/.-]{5,}\d"
ACCOUNT = r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b"
_NUMBERED = re.compile(f"{TELEPHONE}|{ACCOUNT}")
_QUOTED = re.compile(rf"(?P<apostrophe>{APOSTROPHE})|{QUOTED}")
LONG_NUMBER = r"\d(?:[ ()/.-]?\d){5,}"
_LONG_NUMBER = re.compile(LONG_NUMBER)


def personal_hidden(text: str) -> str:
    """``text`` without e-mail addresses, telephone numbers and account numbers, by which somebody can be found."""
    return _NUMBERED.sub(DOTS, without_addresses(text))


def values_hidden(text: str) -> str:
    """A sentence without the values in it: what :func:`personal_hidden` hides, what is quoted, and long numbers.

    What a vendor says of a value is left: ``Can't find party “••••”``.
    """
    return _LONG_NUMBER.sub(DOTS, _QUOTED.sub(_quotation, personal_hidden(text)))


def _quotation(found: re.Match[str]) -> str:
    marks = found.group()
    return found["apostrophe"] or f"{marks[0]}{DOTS}{marks[-1]}"


def _word_shape(found: re.Match[str]) -> str:
    word = found.group()
    return DOTS if len(word) < _SHORTEST_INSIDE or any(letter.isdigit() for letter in word) else f"{word[0]}{DOTS}"


class Mask:
    """What is personal in one transaction: fields by their place, and values wherever they turn up."""

    def __init__(self, paths: Iterable[str], documents: Iterable[Any] = ()) -> None:
        self._paths = [pointers.segments(path) for path in paths if path]
        self._values = _personal(self._paths, documents)

    def document(self, value: Any) -> Any:
        """``value`` with personal fields and personal values in their shape.

        A pointer is matched at any depth: the record is somewhere inside the vendor's envelope.
        """
        return self._masked(value, self._paths)

    def text(self, value: str) -> str:
        """``value`` with personal values in it in their shape."""
        if self._inside is None:
            return value
        return self._inside.sub(lambda found: shape(found.group()), value)

    def hides(self, value: Any) -> bool:
        """Whether something in ``value`` would be masked for being a personal value."""
        return any(one != self._leaf(one) for one in _leaves(value))

    @cached_property
    def _inside(self) -> re.Pattern[str] | None:
        found = sorted({str(value) for value in self._values}, key=len, reverse=True)
        parts = [re.escape(text) for text in found if len(text) >= _SHORTEST_INSIDE]
        parts += [rf"(?<!\w){re.escape(text)}(?!\w)" for text in found if len(text) < _SHORTEST_INSIDE]
        return re.compile("|".join(parts), re.IGNORECASE) if parts else None

    def _masked(self, value: Any, below: Sequence[Sequence[str]]) -> Any:
        if isinstance(value, Mapping):
            return {str(key): self._child(str(key), child, below) for key, child in value.items()}
        if isinstance(value, list):
            return [self._child(str(index), child, below) for index, child in enumerate(value)]
        return self._leaf(value)

    def _child(self, name: str, child: Any, below: Sequence[Sequence[str]]) -> Any:
        """``below`` are the rests of pointers that lead here; all of them begin anew at every level."""
        rests = [path[1:] for path in below if path and path[0] in {name, "*"}]
        if any(not rest for rest in rests):
            return _mapped(child, _leaf_shape)
        return self._masked(child, [*rests, *self._paths])

    def _leaf(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, int | float) and not isinstance(value, bool) and value in self._values:
            return DOTS
        return value


class Everything(Mask):
    """Nobody can tell which texts are personal, so each is; and what the ``paths`` name, whatever it is."""

    def text(self, value: str) -> str:
        """A reason in our own or a vendor's words: what can be told from them is masked."""
        return values_hidden(value)

    def hides(self, value: Any) -> bool:
        """Whether any text is in ``value``."""
        return any(isinstance(one, str) for one in _leaves(value))

    def _leaf(self, value: Any) -> Any:
        return shape(value) if isinstance(value, str) else value


def _personal(paths: Sequence[Sequence[str]], documents: Iterable[Any]) -> frozenset[Any]:
    found = {leaf for document in documents for value in _named(document, paths, paths) for leaf in _leaves(value)}
    # Truths, nothing and single digits are no secret, and masking each 1 of a payload would hide it all.
    return frozenset(leaf for leaf in found if not isinstance(leaf, bool) and len(str(leaf).strip()) > 1)


def _named(value: Any, below: Sequence[Sequence[str]], paths: Sequence[Sequence[str]]) -> Iterator[Any]:
    """The values that the paths name, begun anew at every level: the record is somewhere in an envelope."""
    for name, child in _members(value):
        rests = [path[1:] for path in below if path and path[0] in {name, "*"}]
        if any(not rest for rest in rests):
            yield child
        else:
            yield from _named(child, [*rests, *paths], paths)


def _members(value: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(value, Mapping):
        return [(str(name), child) for name, child in value.items()]
    return [(str(index), child) for index, child in enumerate(value)] if isinstance(value, list) else []


def _leaves(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return [leaf for child in value.values() for leaf in _leaves(child)]
    if isinstance(value, list):
        return [leaf for child in value for leaf in _leaves(child)]
    return [] if value is None else [value]


def _leaf_shape(value: Any) -> Any:
    return shape(value) if isinstance(value, str) else value if value is None or isinstance(value, bool) else DOTS


def _mapped(value: Any, change: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _mapped(child, change) for key, child in value.items()}
    if isinstance(value, list):
        return [_mapped(child, change) for child in value]
    return change(value)


#: For a body that no contract describes: see :class:`Everything`.
EVERYTHING = Everything([])
