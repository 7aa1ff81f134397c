"""Which thing of the other environment stands for which of this one: doors, targets, instances, flows and mappings.

A door or a target is the one of the same system (and kind) there. Where there is none, or several, a person says which:
guessing would send orders to the wrong place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import QuerySet

from controlplane.console.estate.narrowing import Document
from controlplane.inventory.models import Environment, Instance, Interface
from controlplane.transactions.models import Destination

#: The sections whose entries belong to an environment, with what one of them is called.
KINDS: Final[Mapping[str, str]] = {"interfaces": "door", "destinations": "target", "instances": "instance"}
#: What makes two of them the same thing in two environments.
_ALIKE: Final[Mapping[str, tuple[str, ...]]] = {
    "interfaces": ("instance__system_id", "kind"),
    "destinations": ("instance__system_id",),
    "instances": ("system_id",),
}


@dataclass(frozen=True, slots=True)
class Open:
    """A name for which nobody can say alone what stands for it there; ``among`` are those that could."""

    section: str
    slug: str
    name: str
    among: Sequence[tuple[str, str]]

    @property
    def key(self) -> str:
        """Its name in a form and in the content of a change."""
        return f"{self.section}.{self.slug}"

    @property
    def what(self) -> str:
        """What sort of thing it is."""
        return KINDS[self.section]


@dataclass(slots=True)
class Elsewhere:
    """The names of the other environment by those of this one, section by section, and what is open."""

    names: dict[str, dict[str, str]] = field(default_factory=dict)
    open: list[Open] = field(default_factory=list)

    def of(self, section: str, slug: str) -> str:
        """What stands there for it; the name itself where nothing else is known."""
        return self.names.get(section, {}).get(slug, slug)


def elsewhere(
    part: Document, twin_part: Document, here: Environment, there: Environment, chosen: Mapping[str, str]
) -> Elsewhere:
    """Find what stands in ``there`` for each name in ``part``; ``chosen`` answers what is open, by :attr:`Open.key`."""
    found = Elsewhere()
    used = _used(part)
    _pair(found, "interfaces", Interface.objects.filter(slug__in=used["interfaces"]), there, chosen)
    _pair(found, "destinations", Destination.objects.filter(slug__in=used["destinations"]), there, chosen)
    _pair(found, "instances", Instance.objects.filter(slug__in=used["instances"]), there, chosen)
    for section in ("mappings", "flows"):
        found.names[section] = named_as(part[section], twin_part.get(section, {}), here.slug, there.slug)
    return found


def named_as(ours: Iterable[str], theirs: Iterable[str], here: str, there: str) -> dict[str, str]:
    """How flows or mappings are called among those of the other environment; what is new gets that one's name.

    ``here`` and ``there`` are the environments' slugs. A lone one of each is the same whatever it is called.
    """
    own, others = sorted(ours), sorted(theirs)
    if len(own) == len(others) == 1:
        return {own[0]: others[0]}
    stems = {_stem(slug, others, there): slug for slug in others}
    return {slug: stems.get(_stem(slug, own, here)) or f"{slug.removesuffix(f'-{here}')}-{there}" for slug in own}


def _stem(slug: str, beside: Sequence[str], environment: str) -> str:
    """A slug without its environment's name, or without the word in which all beside it end as well."""
    if slug.endswith(f"-{environment}"):
        return slug.removesuffix(f"-{environment}")
    endings = {other.rpartition("-")[2] for other in beside if "-" in other}
    shared = len(beside) > 1 and len(endings) == 1 and all("-" in other for other in beside)
    return slug.rpartition("-")[0] if shared else slug


def _used(part: Document) -> dict[str, set[str]]:
    """The names in a part that belong to an environment."""
    used: dict[str, set[str]] = {section: set() for section in KINDS}
    for entry in part["normalisations"].values():
        used["interfaces"].add(entry["interface"])
    for flow in part["flows"].values():
        used["interfaces"].update(route["interface"] for route in flow["routes"] if route.get("interface"))
        for section, slug in places_in(flow["steps"]):
            used[section].add(slug)
    return used


def places_in(steps: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """The destinations and the instances that steps name, by the sections they stand in."""
    for step in steps:
        if step.get("destination"):
            yield "destinations", step["destination"]
        for one in (step, *step.get("links", ())):
            if one.get("issuer"):
                yield "instances", one["issuer"]


def _pair(found: Elsewhere, section: str, used: QuerySet[Any], there: Environment, chosen: Mapping[str, str]) -> None:
    at = "environment" if section == "instances" else "instance__environment"
    candidates = _by_likeness(section, used.model._default_manager.filter(**{at: there}))
    names = found.names.setdefault(section, {})
    for likeness, some in _by_likeness(section, used).items():
        among = candidates.get(likeness, [])
        known = {slug for slug, _ in among}
        for slug, name in some:
            answer = chosen.get(f"{section}.{slug}", among[0][0] if len(among) == 1 else "")
            if slug in known or answer in known:
                names[slug] = slug if slug in known else answer
            else:
                found.open.append(Open(section, slug, name, among))


def _by_likeness(section: str, rows: QuerySet[Any]) -> dict[tuple[Any, ...], list[tuple[str, str]]]:
    found: dict[tuple[Any, ...], list[tuple[str, str]]] = {}
    for slug, name, *likeness in rows.order_by("slug").values_list("slug", "name", *_ALIKE[section]):
        found.setdefault(tuple(likeness), []).append((slug, name))
    return found
