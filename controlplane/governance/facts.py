"""What can be judged by policies: kinds of subjects, and how to read their facts, all of them at once.

::

    evidence.register("facts.integration", About(label="Integration", section="integrations", fields={…}, listed=…))

in ``AppConfig.ready`` of the app that has the model; an app above adds what it knows of the same subjects with
:class:`More` under ``facts.integration.<app>``. Everything is plain values: text, numbers, truth values, null for
what was left empty, lists. **What nobody knows is left out**, so that it cannot be judged.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from controlplane.foundation.errors import Invalid
from controlplane.foundation.registries import evidence
from controlplane.governance.rules.effective import Place

#: Which subjects, by their slugs; None for all.
Only: TypeAlias = Collection[str] | None
#: What is known of each subject besides, by slug.
Known: TypeAlias = Mapping[str, Mapping[str, Any]]
PREFIX = "facts."


@dataclass(frozen=True, slots=True)
class Fact:
    """One subject: what it is called, what is known of it, and where it belongs."""

    slug: str
    name: str
    values: Mapping[str, Any]
    team_id: int | None = None
    team: str = ""
    domain: str = ""
    integration: str = ""
    process: str = ""
    environment: str = ""

    @property
    def place(self) -> Place:
        """Where it stands, for exceptions."""
        return Place(self.domain, self.team, self.integration)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """A kind of subject. ``fields`` says of each fact what it is and where it comes from.

    ``listed`` reads the subjects (of those slugs, or all) by a number of statements that does not grow with them.
    ``section`` is where an estate document has them.
    """

    label: str
    section: str
    fields: Mapping[str, str]
    listed: Callable[[Only], Iterable[Fact]]


@dataclass(frozen=True, slots=True, kw_only=True)
class More:
    """What an app above knows of subjects of one kind: the same rules hold."""

    fields: Mapping[str, str]
    known: Callable[[Only], Known]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of subject with everything that any app knows of it."""

    name: str
    about: About
    more: tuple[More, ...] = field(default=())

    @property
    def label(self) -> str:
        """In words."""
        return self.about.label

    @property
    def fields(self) -> dict[str, str]:
        """Every fact there is, with what it says."""
        found = dict(self.about.fields)
        for one in self.more:
            found |= one.fields
        return found

    def facts(self, only: Only = None) -> list[Fact]:
        """Those subjects, or all, with everything that is known of them."""
        known = [one.known(only) for one in self.more]
        return [_joined(fact, known) for fact in self.about.listed(only)]


def kinds() -> dict[str, Kind]:
    """Every kind of subject, in the order of registration."""
    found: dict[str, Kind] = {}
    for key, entry in evidence.items():
        if key.startswith(PREFIX) and isinstance(entry, About):
            name = key.removeprefix(PREFIX)
            found[name] = Kind(name, entry, tuple(_more(name)))
    return found


def kind_called(name: str) -> Kind:
    """The kind of a name; :class:`Invalid` names those that exist."""
    known = kinds()
    if name not in known:
        raise Invalid(f"There are no policies about {name[:40]!r}; there are: {', '.join(known)}.", field="about")
    return known[name]


def _more(name: str) -> Iterator[More]:
    for key, entry in evidence.items():
        if key.startswith(f"{PREFIX}{name}.") and isinstance(entry, More):
            yield entry


def _joined(fact: Fact, known: Iterable[Known]) -> Fact:
    values = dict(fact.values)
    for one in known:
        values |= one.get(fact.slug, {})
    return replace(fact, values=values)
