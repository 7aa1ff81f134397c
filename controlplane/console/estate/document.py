"""Taking an estate document apart: sections, entries, and mistakes that say where.

Every entry is taken apart by :class:`Entry`, which remembers what was asked for, so that a misspelt
field is a mistake that is named and not a setting that is silently lost. For the same reason what YAML makes of
``no`` and ``18:00`` is a mistake that says to put it in quotes. Mistakes are noted and judging goes on, so that all
are told at once; what depends on something that is wrong itself is not judged.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, TypeVar, cast

from controlplane.console.estate.problems import Problems
from controlplane.console.estate.reading import Written
from controlplane.foundation.documents.objects import UNKEPT
from controlplane.foundation.errors import Problem
from controlplane.foundation.expressions import expression
from controlplane.inventory.wording import in_words

T = TypeVar("T")
M = TypeVar("M")

DEEPEST = 40
#: Anchors of YAML can make a large document of a small one.
MOST_VALUES = 200_000
LARGEST_NUMBER = 2**63
WORDS: Mapping[type, str] = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    dict: "names with values",
    list: "a list",
    type(None): "nothing",
}


class Unjudged(Exception):
    """What is to be judged depends on something that is wrong itself, and was told there."""


class _Unknown:
    """Stands for what is named but cannot be had, because it is wrong itself or not there."""

    def __getattr__(self, name: str) -> Any:
        raise Unjudged(name)


UNKNOWN: Final[Any] = _Unknown()


class Known(dict[str, M]):
    """Things by their slugs. ``is_open`` where not all can be known: their section cannot be read."""

    is_open = False

    def __contains__(self, slug: object) -> bool:
        return self.is_open or super().__contains__(slug)

    def __missing__(self, slug: str) -> M:
        return cast("M", UNKNOWN)


def check(document: Any, sections: Collection[str], problems: Problems) -> dict[str, Any]:
    """The known sections, with only what JSON can hold; what is wrong with the rest is noted."""
    whole = document.whole if isinstance(document, Written) and not isinstance(document.whole, dict) else document
    if not isinstance(whole, Mapping):
        problems.add(f"An estate document holds sections: {', '.join(sections)}.", "")
        raise problems.refusal()
    for section in whole:
        if section not in sections:
            problems.add(f"There is no section {section!r}{_meant(section, sections)}", str(section))
    known = {section: inside for section, inside in whole.items() if section in sections}
    unkept = [number for number, found in enumerate(_walk(known, "", 0)) if _check_value(number, found, problems)]
    return cast("dict[str, Any]", _kept(known)) if unkept else known


def misspelt(document: Mapping[Any, Any], sections: Collection[str]) -> set[str]:
    """The sections that may have been meant by names that are none: those most like them, and all that are missing."""
    unknown = [str(section) for section in document if section not in sections]
    like = {close for name in unknown for close in difflib.get_close_matches(name, sorted(sections), n=1)}
    return like.union(section for section in sections if unknown and section not in document)


def _walk(value: Any, where: str, depth: int) -> Iterator[tuple[str, int, Any]]:
    """Everything in a document, with where it stands and how deep."""
    yield where, depth, value
    inside: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, Mapping):
        inside = value.items()
    elif isinstance(value, list):
        inside = enumerate(value, 1)
    for name, inner in inside:
        yield from _walk(inner, f"{where}.{name}".removeprefix("."), depth + 1)


def _check_value(number: int, found: tuple[str, int, Any], problems: Problems) -> bool:
    """Whether it cannot be kept. What has no end ends everything: nothing behind it can be judged."""
    where, depth, value = found
    if depth > DEEPEST or number > MOST_VALUES:
        problems.add(f"{where}: this is nested too deeply, or repeats itself without end.", where)
        raise problems.refusal()
    if isinstance(value, Mapping):
        wrong = [name for name in value if not isinstance(name, str)]
        for name in wrong:
            problems.add_unkept(f"{where}: a name is text; put {name!r} in quotes.", where)
        return bool(wrong)
    if isinstance(value, list) or _plain(value):
        return False
    problems.add_unkept(
        f"{where}: {_kind(value)} like this cannot be kept; put it in quotes if it is meant as text.", where
    )
    return True


def _kept(value: Any) -> Any:
    """A document without what cannot be kept, so that the rest of it can be judged."""
    if isinstance(value, Mapping):
        return {name: _kept(inner) for name, inner in value.items() if isinstance(name, str)}
    if isinstance(value, list):
        return [_kept(inner) for inner in value]
    return value if _plain(value) else None


def _plain(value: Any) -> bool:
    if isinstance(value, str):
        return not UNKEPT.search(value)
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or (isinstance(value, int) and abs(value) < LARGEST_NUMBER)


def entries(document: Mapping[str, Any], section: str, problems: Problems) -> Iterator[Entry]:
    """The entries of a section, each under its slug. Who takes one apart finishes it."""
    found = document.get(section) or {}
    if not isinstance(found, Mapping):
        problems.add(f"{section}: give each entry a name of its own; found {_kind(found)}.", section)
        return
    for slug, fields in found.items():
        where = f"{section}.{slug}"
        yield Entry(where, slug, fields if problems.is_unkept(where) else fields or {}, problems)


class Entry:
    """One entry: take its fields, then :meth:`finish` complains of those that nobody took.

    What is wrong with it is noted, and a value that could be right is given in its place. ``stands`` says whether
    it can be made as it is, ``is_one`` whether it has fields at all.
    """

    def __init__(self, where: str, slug: str, fields: Any, problems: Problems, around: Entry | None = None) -> None:
        self.where = where
        self.slug = slug
        self.stands = isinstance(fields, Mapping) and not problems.holds_unkept(where)
        self._around = around
        self._problems = problems
        self._fields: Mapping[str, Any] = fields if isinstance(fields, Mapping) else {}
        self._taken: set[str] = set()
        self._wrong: set[str] = set()
        self.is_one = isinstance(fields, Mapping)
        if not self.is_one and not problems.is_unkept(where):
            self.wrong(f"expected {WORDS[dict]}, found {_kind(fields)}.")

    @property
    def top(self) -> Entry:
        """The entry of a section that this is, or is in."""
        return self._around.top if self._around else self

    def fall(self) -> None:
        """It cannot be made, and so cannot what it is in."""
        self.stands = False
        if self._around:
            self._around.fall()

    def wrong(self, words: str) -> None:
        """Note what is wrong with it as a whole."""
        self.fall()
        self._problems.add(f"{self.where}: {words}", self.where)

    def amiss(self, name: str, words: str, number: int = 0) -> None:
        """Note that a field cannot be used, and why; ``number`` is which of its values is meant."""
        self.fall()
        self._wrong.add(name)
        where = f"{self.where}.{name}"
        at = f"{where}.{number}" if number else where
        if not self._problems.is_unkept(at):
            self._problems.add(f"{where}: {words}", at)

    def leave(self) -> None:
        """Which other fields it may have cannot be said."""
        self._taken |= set(self._fields)

    def holds_unkept(self, name: str) -> bool:
        """Whether something in a field cannot be kept, and was told."""
        return self._problems.holds_unkept(f"{self.where}.{name}")

    def is_amiss(self, name: str) -> bool:
        """Whether something is wrong with a field."""
        return name in self._wrong

    @contextmanager
    def telling(self, name: str, number: int = 0) -> Iterator[None]:
        """What goes wrong in here is noted with where it stands; the rest of what is in here is left out."""
        try:
            yield
        except Problem as error:
            self.amiss(name, error.detail, number)

    def take(self, name: str, default: T) -> T:
        """An optional field of the default's type; a whole number does for a number."""
        self._taken.add(name)
        value = self._fields.get(name, default)
        kind = type(default)
        if kind is float and type(value) is int:
            value = float(value)
        if type(value) is not kind:
            quotes = "; put it in quotes" if kind is str and value is not None else ""
            self.amiss(name, f"expected {WORDS[kind]}, found {_kind(value)}{quotes}.")
            return default
        return value

    def has(self, name: str) -> bool:
        """Whether the field was given."""
        return name in self._fields

    def name(self) -> str:
        """What people read: the field ``name``, or the slug in words."""
        return self.take("name", in_words(self.slug))

    def fields(self, name: str) -> dict[str, Any]:
        """An optional field of names and values."""
        empty: dict[str, Any] = {}
        return self.take(name, empty)

    def texts(self, name: str) -> dict[str, str]:
        """An optional field of names and texts."""
        found = self.fields(name)
        for key, value in found.items():
            if not isinstance(value, str):
                self.amiss(f"{name}.{key}", f"expected text, found {_kind(value)}; put it in quotes.")
        return {key: value for key, value in found.items() if isinstance(value, str)}

    def items(self, name: str) -> list[Any]:
        """An optional field of several values."""
        empty: list[Any] = []
        return self.take(name, empty)

    def inner(self, name: str) -> Iterator[Entry]:
        """Each of an optional list of entries; each must have been understood when the next is asked for."""
        for number, fields in enumerate(self.items(name), 1):
            entry = Entry(f"{self.where}.{name}.{number}", str(number), fields, self._problems, self)
            if entry.is_one:
                yield entry
                entry.finish()

    def inside(self, name: str) -> Iterator[Entry]:
        """Each entry of an optional field of names and entries; the same."""
        for slug, fields in self.fields(name).items():
            entry = Entry(f"{self.where}.{name}.{slug}", slug, fields or {}, self._problems, self)
            if entry.is_one:
                yield entry
                entry.finish()

    def given(self) -> dict[str, Any]:
        """All its fields, as they stand."""
        return dict(self._fields)

    def need(self, name: str) -> str:
        """A field of text that must be there."""
        text = self.take(name, "")
        if not text and name not in self._wrong:
            self.fall()
            self._wrong.add(name)
            self._problems.add(f"{self.where} needs {name!r}.", self.where)
        return text

    def positive(self, name: str, default: T) -> T:
        """An optional number above zero."""
        number = self.take(name, default)
        if not cast("float", number) > 0:
            self.amiss(name, "expected more than zero.")
            return default
        return number

    def at_least_none(self, name: str) -> int | None:
        """An optional whole number that is not below zero; None where it is not given."""
        number = self.take(name, 0) if self.has(name) else None
        if number is not None and number < 0:
            self.amiss(name, "expected zero or more.")
        return number

    def choice(self, name: str, known: Collection[str], default: str = "") -> str:
        """One of ``known`` words; needed where there is no default. "" where it is none."""
        word = self.take(name, str(default)) if default else self.need(name)
        if name in self._wrong or not self.must_be_known(name, word, known):
            return str(default)
        return word

    def choice_maybe(self, name: str, known: Collection[str]) -> str:
        """The same for a field that may be missing."""
        return self.choice(name, known) if self.take(name, "") else ""

    def must_be_known(self, name: str, word: str, known: Collection[str], number: int = 0) -> bool:
        """Whether a word is known; what is not is noted, with the one that may have been meant."""
        if word in known:
            return True
        self.amiss(name, f"there is no {word!r}{_meant(word, known)}", number)
        return False

    def refer(self, name: str, known: Known[M], default: str = "") -> M:
        """The thing that a field names by its slug; :data:`UNKNOWN` where it cannot be had."""
        slug = self.choice(name, known, default)
        found: M = UNKNOWN if name in self._wrong else known[slug]
        if found is UNKNOWN:
            self.fall()
        return found

    def refer_maybe(self, name: str, known: Known[M]) -> M | None:
        """The same for a field that may be missing."""
        return self.refer(name, known) if self.take(name, "") else None

    def refer_all(self, name: str, known: Known[M]) -> list[M]:
        """The things that a list names by their slugs, each once."""
        found: list[M] = []
        for number, slug in enumerate(words := self.items(name), 1):
            if not isinstance(slug, str):
                self.amiss(name, f"expected text, found {_kind(slug)}.", number)
            elif slug in words[: number - 1]:
                self.amiss(name, f"{slug!r} stands here twice.", number)
            elif self.must_be_known(name, slug, known, number):
                found.append(known[slug])
        if UNKNOWN in found:
            self.fall()
        return [one for one in found if one is not UNKNOWN]

    def person(self, name: str, people: Mapping[str, M]) -> M | None:
        """The person of an account, which an optional field names by its address."""
        address = self.take(name, "")
        if not address or address.strip().lower() in people:
            return people[address.strip().lower()] if address else None
        close = difflib.get_close_matches(address.strip().lower(), sorted(people), n=1)
        meant = f"; did you mean {close[0]!r}?" if close else "; manage.py person list shows all."
        self.amiss(name, f"there is no account {address!r}{meant}")
        return None

    def expression(self, name: str) -> str:
        """An optional expression (CEL) that can be read; "" when it is missing."""
        source = self.take(name, "")
        if source:
            self.check_expression(name, source)
        return source

    def expressions(self, name: str) -> dict[str, str]:
        """An optional field of names and expressions."""
        found = self.texts(name)
        for key, source in found.items():
            self.check_expression(f"{name}.{key}", source)
        return found

    def check_expression(self, name: str, source: str) -> None:
        """Complain of an expression that cannot be read."""
        with self.telling(name):
            expression(source)

    def finish(self) -> None:
        """Every field must have been understood."""
        for name in self._fields:
            if name not in self._taken:
                self.fall()
                words = f"{self.where}: there is no field {name!r}{_meant(name, self._taken)}"
                self._problems.add(words, f"{self.where}.{name}")


@contextmanager
def judged() -> Iterator[None]:
    """As far as it can be: what depends on something that is wrong itself is left out."""
    try:
        yield
    except Unjudged:
        return


def _meant(word: Any, known: Iterable[str]) -> str:
    """The rest of a sentence about an unknown word."""
    words = sorted(known)
    if close := difflib.get_close_matches(str(word), words, n=1):
        return f"; did you mean {close[0]!r}?"
    return f"; there are: {', '.join(words)}." if words else "; there are none yet."


def _kind(value: Any) -> str:
    return WORDS.get(type(value), f"a {type(value).__name__}")
