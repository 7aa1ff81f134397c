"""Catalogue files of Backstage (https://backstage.io/docs/features/software-catalog/descriptor-format) in our words.

| there | here |
|---|---|
| System; Component of no system | system |
| Component of a system | part of it: its APIs are the system's interfaces |
| API (openapi, asyncapi), with the operations of a definition that is written out | interface |
| Resource (database, bucket, file share, topic) | interface |
| Group | team |
| User | the owner that a ref means: the person with that e-mail address, never made |
| Domain | the part of the business that a system serves |
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

from controlplane.console.estate.problems import Refused
from controlplane.console.imports import asyncapi, openapi
from controlplane.console.imports.described import Described, Findings, Json, one_line, web_address
from controlplane.console.imports.reading import Source, read

#: Kind, namespace and name, all small: what a ref means, whatever it leaves out.
Ref: TypeAlias = tuple[str, str, str]

KINDS: Final = frozenset({"component", "api", "system", "domain", "resource", "group", "user"})
API_KINDS: Final = {"openapi": "rest", "asyncapi": "topic"}
RESOURCE_KINDS: Final = {
    "database": "database",
    "s3-bucket": "files",
    "bucket": "files",
    "file-share": "files",
    "topic": "topic",
    "kafka-topic": "topic",
}
STAGES: Final = {"experimental": "planned", "production": "live", "deprecated": "retiring"}
#: Components that nobody talks to.
NOT_SYSTEMS: Final = frozenset({"library", "documentation", "template"})
#: Relations that are said with integrations here.
UNPLACED: Final = ("consumesApis", "dependsOn", "dependencyOf", "subcomponentOf")
_NAME: Final = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
_REF: Final = re.compile(r"(?:([^:/\s]+):)?(?:([^:/\s]+)/)?([^:/\s]+)")


@dataclass(frozen=True, slots=True)
class Team:
    """A group."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Catalogued:
    """A system. ``team`` is a slug, ``owner`` an e-mail address; "" where nothing is said."""

    slug: str
    name: str
    purpose: str = ""
    domain: str = ""
    team: str = ""
    owner: str = ""
    stage: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """An interface of a system."""

    slug: str
    system: str
    kind: str
    name: str
    purpose: str = ""
    version: str = ""
    documentation: str = ""
    operations: Sequence[Described] | None = None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that was understood; ``notes`` say what has no place here."""

    teams: Sequence[Team] = ()
    systems: Sequence[Catalogued] = ()
    interfaces: Sequence[Opening] = ()
    notes: Sequence[str] = ()
    format: str = "Backstage"


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity of a file, and its number there."""

    number: int
    kind: str
    ref: Ref
    metadata: Json = field(default_factory=dict)
    spec: Json = field(default_factory=dict)

    @property
    def slug(self) -> str:
        """What it is called here: its name, with the namespace before it where that is not the default."""
        _, namespace, name = self.ref
        return _slug(namespace, name)

    @property
    def title(self) -> str:
        """What people call it."""
        profile = self.spec.get("profile")
        shown = profile.get("displayName") if isinstance(profile, dict) else ""
        return one_line(shown or self.metadata.get("title") or self.metadata.get("name"), 120)

    @property
    def purpose(self) -> str:
        """What it is for."""
        return one_line(self.metadata.get("description"), 500)

    def text(self, name: str) -> str:
        """A field of the specification that is text; "" where it is none."""
        value = self.spec.get(name)
        return value.strip() if isinstance(value, str) else ""

    def texts(self, name: str) -> list[str]:
        """A field that is a list of texts."""
        value = self.spec.get(name)
        return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _slug(namespace: str, name: str) -> str:
    called = re.sub(r"[^a-z0-9_-]+", "-", name if namespace == "default" else f"{namespace}-{name}")
    return called[:50].strip("-")


def understood(source: Source) -> Catalogue:
    """What the files's entities say; :class:`Refused` tells all that is wrong with them, with line and column."""
    findings = Findings(source)
    entities = list(_entities(findings))
    findings.settle()
    reading = _Reading(findings, entities)
    found = reading.catalogue()
    findings.settle()
    return replace(found, notes=tuple(findings.notes))


def _entities(findings: Findings) -> Iterator[Entity]:
    seen: dict[Ref, int] = {}
    if not findings.source.value:
        findings.wrong("There is nothing in it; an entity begins with apiVersion, kind and metadata.", ())
    for number, value in enumerate(findings.source.value):
        entity = _entity(findings, number, value)
        if entity is None:
            continue
        if entity.ref in seen:
            findings.wrong(f"{_said(entity.ref)} stands in it twice.", (number, "metadata", "name"))
        seen[entity.ref] = number
        if entity.kind in KINDS:
            yield entity
        else:
            findings.note(f"{_said(entity.ref)} is nothing of the inventory.")


def _entity(findings: Findings, number: int, value: Any) -> Entity | None:
    if not isinstance(value, dict):
        findings.wrong("an entity holds names with values.", (number,))
        return None
    kind, metadata, spec = value.get("kind"), value.get("metadata"), value.get("spec", {})
    if not str(value.get("apiVersion", "")).startswith("backstage.io/v1"):
        words = "apiVersion is that of no Backstage entity; it is written backstage.io/v1alpha1."
        findings.wrong(words, (number, "apiVersion"))
        return None
    if not isinstance(kind, str) or not isinstance(metadata, dict) or not isinstance(spec, dict):
        findings.wrong("an entity has a kind, metadata and a spec.", (number,))
        return None
    name, namespace = metadata.get("name"), metadata.get("namespace", "default")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        words = "metadata.name has 1 to 63 letters and digits, and between them - _ and dots."
        findings.wrong(words, (number, "metadata", "name"))
        return None
    if not isinstance(namespace, str) or not _NAME.fullmatch(namespace):
        findings.wrong("metadata.namespace is a name like that of an entity.", (number, "metadata", "namespace"))
        return None
    return Entity(number, kind.lower(), (kind.lower(), namespace.lower(), name.lower()), metadata, spec)


def _said(ref: Ref) -> str:
    kind, namespace, name = ref
    return f"{kind}:{namespace}/{name}"


class _Reading:
    def __init__(self, findings: Findings, entities: Sequence[Entity]) -> None:
        self.findings = findings
        self.all: Mapping[Ref, Entity] = {one.ref: one for one in entities}
        self._unplaced: Counter[str] = Counter()

    def catalogue(self) -> Catalogue:
        """Everything, in the order of the file."""
        teams = [Team(one.slug, one.title) for one in self._of("group")]
        systems = [self._system(one) for one in (*self._of("system"), *self._lone())]
        interfaces = [found for one in (*self._of("api"), *self._of("resource")) for found in self._opening(one)]
        for one in self.all.values():
            self._unplaced.update({word: len(one.texts(word)) for word in UNPLACED if one.texts(word)})
            if one.text("subcomponentOf"):
                self._unplaced["subcomponentOf"] += 1
        self._refuse_same(systems, "system")
        self._refuse_same(interfaces, "interface")
        if told := ", ".join(f"{count} {word}" for word, count in sorted(self._unplaced.items())):
            self.findings.note(f"What depends on what is said by integrations here; not imported: {told}.")
        return Catalogue(teams, systems, interfaces)

    def _of(self, kind: str) -> list[Entity]:
        return [one for one in self.all.values() if one.kind == kind]

    def _lone(self) -> Iterator[Entity]:
        """Components that are systems of their own."""
        for one in self._of("component"):
            if one.text("system"):
                continue
            if one.text("type").lower() in NOT_SYSTEMS:
                self.findings.note(f"{_said(one.ref)} is a {one.text('type')}: no system.")
            else:
                yield one

    def _refuse_same(self, found: Sequence[Catalogued | Opening], what: str) -> None:
        for slug, count in Counter(one.slug for one in found).items():
            if count > 1:
                self.findings.wrong(f"{count} entities would be the {what} {slug!r}; give them names of their own.", ())

    def _system(self, entity: Entity) -> Catalogued:
        team, owner = self._owner(entity)
        return Catalogued(
            slug=entity.slug,
            name=entity.title,
            purpose=entity.purpose,
            domain=self._domain(entity),
            team=team,
            owner=owner,
            stage=STAGES.get(entity.text("lifecycle"), ""),
        )

    def _domain(self, entity: Entity) -> str:
        ref = self._ref(entity, "domain", "domain")
        if ref is None:
            return ""
        found = self.all.get(ref)
        return one_line(found.title if found else ref[2], 80)

    def _owner(self, entity: Entity) -> tuple[str, str]:
        """The team's slug and the person's address: one of them, or none."""
        ref = self._ref(entity, "owner", "group")
        if ref is None:
            return "", ""
        if ref[0] == "group":
            return _slug(*ref[1:]), ""
        profile = self.all[ref].spec.get("profile") if ref in self.all else None
        address = profile.get("email") if isinstance(profile, dict) else None
        if isinstance(address, str) and address:
            return "", address.strip().lower()[:254]
        self.findings.note(f"{_said(ref)}, owner of {_said(entity.ref)}, has no e-mail address here: no owner is set.")
        return "", ""

    def _ref(self, entity: Entity, name: str, kind: str) -> Ref | None:
        """What a field refers to: ``[kind:][namespace/]name``, the entity's own namespace where none is given."""
        text = entity.text(name)
        if not text:
            return None
        return self._meant(entity, text, kind, name)

    def _meant(self, entity: Entity, text: str, kind: str, name: str) -> Ref | None:
        found = _REF.fullmatch(text)
        if found is None:
            words = f"{text[:80]!r} refers to no entity; it is written [kind:][namespace/]name."
            self.findings.wrong(words, (entity.number, "spec", name))
            return None
        return ((found[1] or kind).lower(), (found[2] or entity.ref[1]).lower(), found[3].lower())

    def _opening(self, entity: Entity) -> Iterator[Opening]:
        kinds = API_KINDS if entity.kind == "api" else RESOURCE_KINDS
        kind = kinds.get(entity.text("type").lower())
        if kind is None:
            said = entity.text("type")[:40] or "none"
            self.findings.note(f"{_said(entity.ref)} is of the type {said!r}, which is no kind of interface.")
            return
        system = self._belongs(entity)
        if system is None:
            self.findings.note(f"{_said(entity.ref)} belongs to no system and no component provides it: not imported.")
            return
        opening = Opening(entity.slug, system, kind, entity.title, entity.purpose, documentation=_link(entity))
        yield self._defined(entity, opening) if entity.kind == "api" else opening

    def _belongs(self, entity: Entity) -> str | None:
        """The slug of the system that an API or a resource is a door of."""
        ref = self._ref(entity, "system", "system")
        if ref is not None:
            return _slug(*ref[1:])
        for one in self._of("component"):
            given = [self._meant(one, text, "api", "providesApis") for text in one.texts("providesApis")]
            if entity.ref in given:
                ref = self._ref(one, "system", "system")
                if ref is not None:
                    return _slug(*ref[1:])
                return one.slug if one.text("type").lower() not in NOT_SYSTEMS else None
        return None

    def _defined(self, entity: Entity, opening: Opening) -> Opening:
        """With the operations of its definition, where that stands in the file."""
        definition = entity.spec.get("definition")
        if not isinstance(definition, str):
            self.findings.note(
                f"The definition of {_said(entity.ref)} is elsewhere, and nothing is fetched: no operations."
            )
            return opening
        reader = openapi if opening.kind == "rest" else asyncapi
        try:
            found = reader.understood(read(definition.encode(), f"the definition of {_said(entity.ref)}"))
        except Refused as error:
            first = error.problems[0]
            self.findings.note(f"{first} It is imported without its operations.")
            return opening
        door = found.doors[0]
        return replace(opening, version=door.version, operations=door.operations)


def _link(entity: Entity) -> str:
    links = entity.metadata.get("links")
    for one in links if isinstance(links, list) else ():
        if isinstance(one, dict) and (found := web_address(one.get("url"))):
            return found
    return ""
