"""The matrix as the page shows it: groups of rows, a column a system, and how often each cell was breached."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import Any, Final

from django.db.models import Q

from controlplane.console.ownership.asked import SHOWS, Asked
from controlplane.inventory.models import EntityKind, Ownership, System
from controlplane.inventory.ownership import matrix
from controlplane.inventory.ownership.matrix import PAGE, Row, attributes_of
from controlplane.people.access import Access
from controlplane.transactions.selectors.ownership import Breached, breached

#: Systems that have a column of their own.
COLUMNS: Final = 12
WORDS: Final = {"record": "System of record", "writes": "May write", "reads": "Reads", "": "nothing"}
LETTERS: Final = {"record": "S", "writes": "W", "reads": "R", "": "·"}
CLASSES: Final = {"record": "s", "writes": "w", "reads": "r", "": "none"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One system's part in one attribute; ``breach`` is set where it wrote without the right."""

    system: System
    right: str
    place: str
    url: str
    breach: Breached | None = None
    current: bool = False

    @property
    def id(self) -> str:
        """By which an address leads to it."""
        return f"cell-{self.place}-{self.system.slug}"

    @property
    def letter(self) -> str:
        """What stands in it."""
        return LETTERS[self.right]

    @property
    def tone(self) -> str:
        """Its look."""
        return CLASSES[self.right]

    @property
    def words(self) -> str:
        """For screen readers and the tooltip."""
        said = f"{self.system.name}, {self.place}: {WORDS[self.right]}"
        if self.breach is None:
            return said
        return f"{said}. Wrote {self.breach.shown} times in 30 days without the right"


@dataclass(frozen=True, slots=True)
class Line:
    """A row with its cells, and the address of its form."""

    row: Row
    cells: Sequence[Cell]
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one heading; ``kind`` is a status shape for those that lack somebody."""

    title: str
    lines: Sequence[Line]
    kind: str = ""


class Matrix:
    """What one address shows to one person."""

    def __init__(self, access: Access, asked: Asked, now: datetime) -> None:
        self.access, self.asked, self.now = access, asked, now

    @cached_property
    def breaches(self) -> list[Breached]:
        """All of 30 days, the latest first."""
        return breached(self.now)

    @cached_property
    def _by_place(self) -> Mapping[tuple[int, str, int], Breached]:
        return {(one.entity_id, one.path, one.system_id): one for one in self.breaches}

    @cached_property
    def _page(self) -> tuple[list[Row], bool]:
        asked = self.asked
        show = asked.show or ("all" if asked.entity else "decided")
        found = attributes_of(show, entity=asked.entity, system=asked.system, person=self.access.person_id or None)
        if asked.show == "breached":
            found = found.filter(self._breached_ones())
        if asked.after:
            slug, position = asked.place
            found = found.filter(Q(entity__slug__gt=slug) | Q(entity__slug=slug, position__gt=position))
        some = list(found[: PAGE + 1])
        return matrix.rows_of(some[:PAGE], self._wholes()), len(some) > PAGE

    def _breached_ones(self) -> Q:
        found = Q(pk__in=[])
        for one in self.breaches:
            found |= Q(entity_id=one.entity_id, pointer="/" + one.path.replace(".", "/"))
        return found

    def _wholes(self) -> list[EntityKind]:
        """Entities that are decided about as wholes: they come first, on the first page."""
        if self.asked.after or self.asked.show not in {"", "all"}:
            return []
        if self.asked.entity:
            return list(EntityKind.objects.filter(slug=self.asked.entity))
        rows = Ownership.objects.filter(attribute=None)
        if self.asked.system:
            rows = rows.filter(Q(record__slug=self.asked.system) | Q(rights__system__slug=self.asked.system))
        return list(EntityKind.objects.filter(pk__in=rows.values("entity_id")).order_by("slug"))

    @property
    def rows(self) -> list[Row]:
        """Those of this page."""
        return self._page[0]

    @property
    def older(self) -> str:
        """The address of the page after it; empty for the last one."""
        rows, more = self._page
        last = rows[-1].attribute if rows else None
        return self.asked.url(after=f"{last.entity.slug}:{last.position}", at="", cell="") if more and last else ""

    @cached_property
    def systems(self) -> list[System]:
        """The columns: those that the rows speak of, and those that breached them."""
        wanted = matrix.systems_in(self.rows)
        places = {(row.entity.pk, row.attribute.path if row.attribute else "") for row in self.rows}
        wanted |= {one.system_id for one in self.breaches if (one.entity_id, one.path) in places}
        extra = [slug for slug in (self.asked.system, self.asked.cell) if slug]
        return list(System.objects.filter(Q(pk__in=wanted) | Q(slug__in=extra)).order_by("name", "pk"))

    @property
    def columns(self) -> list[System]:
        """As many as there is room for."""
        return self.systems[:COLUMNS]

    @property
    def left_out(self) -> int:
        """How many systems have no column."""
        return max(0, len(self.systems) - COLUMNS)

    @cached_property
    def groups(self) -> list[Group]:
        """Rows that lack a steward first, then by entity."""
        lines = [self._line(row) for row in self.rows]
        lacking = [line for line in lines if line.row.holds is not None and line.row.steward is None]
        rest = [line for line in lines if line.row.holds is None or line.row.steward is not None]
        groups = [Group("No steward yet", lacking, "warn")] if lacking else []
        ordered = sorted(rest, key=lambda line: line.row.entity.slug)
        by_entity = groupby(ordered, key=lambda line: line.row.entity.name)
        return groups + [Group(name, list(those)) for name, those in by_entity]

    def _line(self, row: Row) -> Line:
        cells = [self._cell(row, system) for system in self.columns]
        url = self.asked.url(at=row.place, cell="")
        return Line(row, cells, f"{url}#decide", row.place == self.asked.at)

    def _cell(self, row: Row, system: System) -> Cell:
        path = row.attribute.path if row.attribute else ""
        url = self.asked.url(at=row.place, cell=system.slug)
        return Cell(
            system,
            row.cells.get(system.pk, ""),
            row.place,
            f"{url}#decide",
            self._by_place.get((row.entity.pk, path, system.pk)),
            current=row.place == self.asked.at and system.slug == self.asked.cell,
        )

    def chips(self) -> list[dict[str, Any]]:
        """The filters, each with the address that it leads to."""
        counted = {"breached": len({(one.entity_id, one.path) for one in self.breaches})}
        return [
            {
                "label": label,
                "glyph": glyph,
                "count": counted.get(word),
                "url": self.asked.url(show=word, after="", at="", cell=""),
                "on": word == self.asked.show,
            }
            for word, (label, glyph) in SHOWS.items()
        ]


def named(
    breaches: Iterable[Breached], systems: Mapping[int, System], kinds: Mapping[int, EntityKind]
) -> list[dict[str, Any]]:
    """Breaches in words: who wrote what, how often, and what became of it."""
    return [
        {
            "system": systems[one.system_id],
            "attribute": f"{kinds[one.entity_id].slug}.{one.path}",
            "record": systems.get(one.record_id),
            "breach": one,
        }
        for one in breaches
        if one.system_id in systems and one.entity_id in kinds
    ]
