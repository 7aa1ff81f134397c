"""Reading an estate document: sections, entries, and errors that say where.

Every entry is taken apart by :class:`Entry`, which remembers what was asked for, so that a misspelt
field is an error that names it and not a setting that is silently lost. For the same reason a name may
stand once only, and what YAML makes of ``no`` and ``18:00`` is an error that says to put it in quotes.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

import yaml

from controlplane.foundation.errors import Invalid, Problem
from controlplane.foundation.expressions import expression

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


def read(path: Path) -> dict[str, Any]:
    """The document in a file; :class:`Invalid` says what is wrong with it."""
    try:
        document = yaml.load(path.read_text(), _Loader)  # noqa: S506 - a safe loader, and a stricter one
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(f"{path} cannot be read: {error}.") from error
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise Invalid(f"{path}{line}: {error.problem}.") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise Invalid(f"{path} is not YAML: {str(error).splitlines()[0]}.") from error
    return cast("dict[str, Any]", document)


class _Loader(yaml.SafeLoader):
    """YAML without names that stand twice: the first would be lost without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        names = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise yaml.MarkedYAMLError(problem=f"{twice[0]!r} stands here twice", problem_mark=node.start_mark)
        return super().construct_mapping(node, deep)


def check(document: Any, sections: Collection[str]) -> None:
    """It has known sections, and holds only what JSON can hold."""
    if not isinstance(document, Mapping):
        raise Invalid(f"An estate document holds sections: {', '.join(sections)}.")
    for section in document:
        if section not in sections:
            raise Invalid(f"There is no section {section!r}{_meant(section, sections)}")
    for number, (where, depth, value) in enumerate(_walk(document, "", 0)):
        if depth > DEEPEST or number > MOST_VALUES:
            raise Invalid(f"{where}: this is nested too deeply, or repeats itself without end.")
        _check_plain(where, value)


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


def _check_plain(where: str, value: Any) -> None:
    if isinstance(value, Mapping):
        for name in value:
            if not isinstance(name, str):
                raise Invalid(f"{where}: a name is text; put {name!r} in quotes.")
    elif not isinstance(value, list) and not _plain(value):
        raise Invalid(f"{where}: {_kind(value)} like this cannot be kept; put it in quotes if it is meant as text.")


def _plain(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" not in value
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or (isinstance(value, int) and abs(value) < LARGEST_NUMBER)


def entries(document: Mapping[str, Any], section: str) -> Iterator[Entry]:
    """The entries of a section, each under its slug; each must have been understood when the next is asked for."""
    found = document.get(section) or {}
    if not isinstance(found, Mapping):
        raise Invalid(f"{section}: give each entry a name of its own; found {_kind(found)}.")
    for slug, fields in found.items():
        entry = Entry(f"{section}.{slug}", slug, fields or {})
        yield entry
        entry.finish()


class Entry:
    """One entry: take its fields, then :meth:`finish` complains of those that nobody took."""

    def __init__(self, where: str, slug: str, fields: Any) -> None:
        if not isinstance(fields, Mapping):
            raise Invalid(f"{where}: expected {WORDS[dict]}, found {_kind(fields)}.")
        self.where = where
        self.slug = slug
        self._fields = fields
        self._taken: set[str] = set()

    def amiss(self, name: str, words: str) -> Invalid:
        """The error that a field cannot be used, and why."""
        return Invalid(f"{self.where}.{name}: {words}")

    @contextmanager
    def telling(self, name: str = "") -> Iterator[None]:
        """What goes wrong in here is told with where it stands."""
        try:
            yield
        except Problem as error:
            raise Invalid(f"{self.where}{'.' if name else ''}{name}: {error.detail}") from error

    def take(self, name: str, default: T) -> T:
        """An optional field of the default's type; a whole number does for a number."""
        self._taken.add(name)
        value = self._fields.get(name, default)
        kind = type(default)
        if kind is float and type(value) is int:
            value = float(value)
        if type(value) is not kind:
            quotes = "; put it in quotes" if kind is str and value is not None else ""
            raise self.amiss(name, f"expected {WORDS[kind]}, found {_kind(value)}{quotes}.")
        return value

    def has(self, name: str) -> bool:
        """Whether the field was given."""
        return name in self._fields

    def name(self) -> str:
        """What people read: the field ``name``, or the slug in words."""
        return self.take("name", self.slug.replace("-", " ").capitalize())

    def fields(self, name: str) -> dict[str, Any]:
        """An optional field of names and values."""
        empty: dict[str, Any] = {}
        return self.take(name, empty)

    def texts(self, name: str) -> dict[str, str]:
        """An optional field of names and texts."""
        found = self.fields(name)
        for key, value in found.items():
            if not isinstance(value, str):
                raise self.amiss(f"{name}.{key}", f"expected text, found {_kind(value)}; put it in quotes.")
        return found

    def items(self, name: str) -> list[Any]:
        """An optional field of several values."""
        empty: list[Any] = []
        return self.take(name, empty)

    def inner(self, name: str) -> Iterator[Entry]:
        """Each of an optional list of entries; each must have been understood when the next is asked for."""
        for number, fields in enumerate(self.items(name), 1):
            entry = Entry(f"{self.where}.{name}.{number}", str(number), fields)
            yield entry
            entry.finish()

    def given(self) -> dict[str, Any]:
        """All its fields, as they stand."""
        return dict(self._fields)

    def need(self, name: str) -> str:
        """A field of text that must be there."""
        if not (text := self.take(name, "")):
            raise Invalid(f"{self.where} needs {name!r}.")
        return text

    def positive(self, name: str, default: T) -> T:
        """An optional number above zero."""
        number = self.take(name, default)
        if not cast("float", number) > 0:
            raise self.amiss(name, "expected more than zero.")
        return number

    def choice(self, name: str, known: Iterable[str], default: str = "") -> str:
        """One of ``known`` words; needed where there is no default."""
        word = self.take(name, str(default)) if default else self.need(name)
        self.must_be_known(name, word, known)
        return word

    def must_be_known(self, name: str, word: Any, known: Iterable[str]) -> None:
        """Complain of a word that is not known, with the one that may have been meant."""
        words = list(known)
        if word not in words:
            raise self.amiss(name, f"there is no {word!r}{_meant(word, words)}")

    def refer(self, name: str, known: Mapping[str, M], default: str = "") -> M:
        """The thing that a field names by its slug."""
        return known[self.choice(name, known, default)]

    def refer_maybe(self, name: str, known: Mapping[str, M]) -> M | None:
        """The same for a field that may be missing."""
        return self.refer(name, known) if self.take(name, "") else None

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
                raise Invalid(f"{self.where}: there is no field {name!r}{_meant(name, self._taken)}")


def _meant(word: Any, known: Iterable[str]) -> str:
    """The rest of a sentence about an unknown word."""
    words = sorted(known)
    if close := difflib.get_close_matches(str(word), words, n=1):
        return f"; did you mean {close[0]!r}?"
    return f"; there are: {', '.join(words)}." if words else "; there are none yet."


def _kind(value: Any) -> str:
    return WORDS.get(type(value), f"a {type(value).__name__}")
