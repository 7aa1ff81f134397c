"""What the address of the matrix asks for, and addresses that ask for the same with one thing otherwise."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from controlplane.foundation.errors import BadInput
from controlplane.inventory.models import EntityAttribute, EntityKind, System

#: What the matrix can show: the word in the address, its label and its shape.
SHOWS: Final = {
    "": ("Decided", ""),
    "no-steward": ("No steward", "warn"),
    "breached": ("Breached in 30 days", "bad"),
    "personal": ("Personal data", ""),
    "mine": ("Mine", ""),
    "all": ("All", ""),
}
LONGEST: Final = 250


@dataclass(frozen=True, slots=True)
class Asked:
    """``at`` is the attribute whose form is open (``customer.tax_id``), ``cell`` the system of one cell of it."""

    show: str = ""
    entity: str = ""
    system: str = ""
    at: str = ""
    cell: str = ""
    after: str = ""

    @classmethod
    def read(cls, query: QueryDict) -> Asked:
        """:class:`BadInput` names what there is not."""
        given = {name: query.get(name, "").strip() for name in cls.__dataclass_fields__}
        for name, value in given.items():
            if len(value) > LONGEST or "\0" in value:
                raise BadInput(f"{name}= is too long to be one.", field=name)
        asked = cls(**given)
        if asked.show not in SHOWS:
            raise BadInput(f"show={asked.show!r} is none of {', '.join(filter(None, SHOWS))}.", field="show")
        if asked.entity and not EntityKind.objects.filter(slug=asked.entity).exists():
            raise BadInput(f"There is no entity {asked.entity!r}.", field="entity")
        if asked.system and not System.objects.filter(slug=asked.system).exists():
            raise BadInput(f"There is no system {asked.system!r}.", field="system")
        if asked.after and not _is_position(asked.after):
            raise BadInput("after= is the place of no attribute.", field="after")
        return asked

    @property
    def place(self) -> tuple[str, int]:
        """After which attribute the page begins: the slug of its entity and its number there."""
        slug, _, position = self.after.rpartition(":")
        return slug, int(position)

    def url(self, **otherwise: str) -> str:
        """The address with some of it otherwise."""
        other = replace(self, **otherwise)
        query = {name: getattr(other, name) for name in self.__dataclass_fields__ if getattr(other, name)}
        here = reverse("console:ownership")
        return f"{here}?{urlencode(query)}" if query else here

    @property
    def export(self) -> str:
        """Where the same is had as CSV."""
        return self.url(at="", cell="", after="").replace(
            reverse("console:ownership"), reverse("console:ownership-export")
        )


def _is_position(text: str) -> bool:
    slug, _, position = text.rpartition(":")
    return bool(slug) and position.isascii() and position.isdigit() and len(position) < 6  # noqa: PLR2004 - a smallint


def found_at(place: str) -> tuple[EntityKind, EntityAttribute | None] | None:
    """The attribute of ``customer.tax_id``, or the entity of ``customer``; None where there is none."""
    slug, _, path = place.partition(".")
    kind = EntityKind.objects.filter(slug=slug).first()
    if kind is None or not path:
        return (kind, None) if kind else None
    pointer = "/" + path.replace(".", "/")
    attribute = EntityAttribute.objects.select_related("entity").filter(entity=kind, pointer=pointer).first()
    return (kind, attribute) if attribute else None
